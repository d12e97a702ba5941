import { ASK_FORMS, type AskFrame, EMOTIONS, Frame, SCALE_LEVELS } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerTo, topicOf } from './opinion.js'
import { randomFrom } from './random.js'

const askOf = (form: number): AskFrame => {
  const options =
    ASK_FORMS[form] === 'choice'
      ? [
          ['en', 'One'],
          ['en', 'Two'],
          ['en', 'Three'],
        ]
      : []
  return [Frame.ask, 'a.1', 'checkout.payment', form, ['en', 'Well?'], options, true, 60_000]
}

test('every question gets an answer of its own kind, and a broken payment no good one', () => {
  const forms = ASK_FORMS.map((_, form) => form)
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(...forms), fc.boolean(), (seed, form, isFailing) => {
      const kind = ASK_FORMS[form] ?? 'text'
      const { ask, scale, score, option, text } = answerTo(
        randomFrom(seed),
        askOf(form),
        topicOf('checkout.payment', isFailing),
      )
      expect(ask).toBe('a.1')
      if (kind === 'choice') expect([0, 1, 2]).toContain(option)
      else if (kind === 'text') expect(text).not.toBe('')
      else {
        const { first, count } = SCALE_LEVELS[kind]
        const level = kind === 'emotion' ? count - 1 - EMOTIONS.indexOf(score as never) : (score as number) - first
        expect(scale).toBe(kind)
        expect(level).toBeGreaterThanOrEqual(0)
        expect(level).toBeLessThanOrEqual(isFailing ? (count - 1) / 2 : count - 1)
      }
    }),
  )
})
