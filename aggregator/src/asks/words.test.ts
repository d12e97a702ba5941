import { ASK_FORMS, serverFrameSchema } from '@pulssi/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../config/index.js'
import { Words } from './index.js'

const MINUTE = 60_000
const told = parseConfig({
  asks: [
    {
      id: 'mood',
      touchpoints: ['checkout.*'],
      kind: 'csat',
      text: { en: 'How was paying?', fi: 'Miltä maksaminen tuntui?' },
      comment: true,
      trigger: { on: 'sample' },
    },
    {
      id: 'why',
      touchpoints: ['*'],
      kind: 'choice',
      text: { en: 'What held you back?' },
      options: [{ en: 'Too dear', sv: 'För dyrt' }, { en: 'Only looking' }],
      reason: true,
      trigger: { on: 'leave' },
    },
  ],
  nudges: [
    { id: 'chat', touchpoints: ['*'], text: { en: 'Stuck?' }, link: { href: '/help', text: { en: 'Ask us' } } },
    { id: 'plain', touchpoints: ['*'], text: { en: 'Take your time' } },
  ],
})

describe('the words of asks and nudges', () => {
  test('a frame has them by language, the first one first', () => {
    const words = new Words(told)
    expect(words.askFrame('mood', 'mood.1z', 'checkout.payment', MINUTE)).toEqual([
      70,
      'mood.1z',
      'checkout.payment',
      ASK_FORMS.indexOf('csat'),
      ['en', 'How was paying?', 'fi', 'Miltä maksaminen tuntui?'],
      [],
      true,
      MINUTE,
    ])
    expect(words.askFrame('why', 'why.0', 'a', 1)?.slice(4, 7)).toEqual([
      ['en', 'What held you back?'],
      [
        ['en', 'Too dear', 'sv', 'För dyrt'],
        ['en', 'Only looking'],
      ],
      false,
    ])
    expect(words.nudgeFrame('chat', 'chat.4', 'a', 2)).toEqual([
      71,
      'chat.4',
      'a',
      ['en', 'Stuck?'],
      ['/help', ['en', 'Ask us']],
      2,
    ])
    expect(words.nudgeFrame('plain', 'plain.4', 'a', 2)?.[4]).toBeNull()
  })

  test('what is no longer configured has none', () => {
    const words = new Words(told)
    for (const id of ['chat', 'gone', '__proto__']) expect(words.askFrame(id, `${id}.0`, 'a', 1)).toBeNull()
    expect(words.nudgeFrame('mood', 'mood.0', 'a', 1)).toBeNull()
    words.replace(parseConfig({}))
    expect(words.askFrame('mood', 'mood.0', 'a', 1)).toBeNull()
    expect(words.told.asks).toEqual([])
  })

  test('whatever may be configured is a frame of the wire', () => {
    const language = fc.constantFrom('en', 'fi', 'pt-BR', 'zh-Hant-TW')
    const text = fc.stringMatching(/^[\p{L}][\p{L}\p{P}]{0,60}$/u)
    const texts = fc.dictionary(language, text, { minKeys: 1, noNullPrototype: true })
    fc.assert(
      fc.property(fc.constantFrom(...ASK_FORMS), texts, fc.array(texts, { minLength: 2, maxLength: 6 }), (...made) => {
        const [kind, text, options] = made
        const choice = kind === 'choice' ? { options } : {}
        const ask = { id: 'a', touchpoints: ['*'], kind, text, ...choice, trigger: { on: 'goal' } }
        const nudge = { id: 'n', touchpoints: ['*'], text, link: { href: 'https://a.example/x', text } }
        const words = new Words(parseConfig({ asks: [ask], nudges: [nudge] }))
        const frames = [words.askFrame('a', 'a.0', 'a.b', 10_000), words.nudgeFrame('n', 'n.0', 'a.b', 10_000)]
        for (const frame of frames) expect(serverFrameSchema.safeParse(frame).success).toBe(true)
        expect(frames[0]?.[4]).toEqual(Object.entries(text).flat())
      }),
    )
  })
})
