import { ASK_FORMS, ASK_ID } from '@pulssi/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_CONFIG } from '../engine/index.js'
import { ConfigError, type Problem, parseConfig, toEngineConfig } from './index.js'

const problemsOf = (value: unknown): readonly Problem[] => {
  try {
    parseConfig(value)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const DAY = 86_400_000
const ASK = { id: 'mood', touchpoints: ['checkout.*'], kind: 'csat', text: { en: 'How?' }, trigger: { on: 'sample' } }
const OPTIONS = [{ en: 'Too dear' }, { en: 'Only looking' }]
const CHOICE = { ...ASK, kind: 'choice', options: OPTIONS }
const NUDGE = { id: 'chat', touchpoints: ['checkout.*'], text: { en: 'Stuck?' } }
const many = (count: number, entry: object): object[] =>
  Array.from({ length: count }, (_, i) => ({ ...entry, id: `i${i}` }))
const languages = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`en-x${i}`, 'a']))

describe('asks, nudges and the budget', () => {
  test('become what the engine decides by', () => {
    const config = parseConfig({
      asks: [
        { ...ASK, comment: true, trigger: { on: 'dwell', after: '20s' }, validFor: '5m' },
        { ...CHOICE, id: 'why', reason: true, trigger: { on: 'signal', names: ['rage'] } },
        { ...ASK, id: 'any', kind: 'text', trigger: { on: 'signal' } },
      ],
      nudges: [
        { ...NUDGE, link: { href: '/help', text: { en: 'Ask us' } }, signals: ['rage'], holdout: '20%' },
        { ...NUDGE, id: 'b' },
      ],
      budget: { every: '14d' },
    })
    expect(toEngineConfig(config)).toEqual({
      ...DEFAULT_CONFIG,
      asks: [
        {
          id: 'mood',
          touchpoints: ['checkout.*'],
          form: 2,
          options: 0,
          reason: false,
          trigger: 'dwell',
          dwellMs: 20_000,
          signals: [],
          validMs: 300_000,
        },
        {
          id: 'why',
          touchpoints: ['checkout.*'],
          form: 6,
          options: 2,
          reason: true,
          trigger: 'signal',
          dwellMs: 0,
          signals: ['rage'],
          validMs: 600_000,
        },
        {
          id: 'any',
          touchpoints: ['checkout.*'],
          form: 7,
          options: 0,
          reason: false,
          trigger: 'signal',
          dwellMs: 0,
          signals: [],
          validMs: 600_000,
        },
      ],
      nudges: [
        { id: 'chat', touchpoints: ['checkout.*'], signals: ['rage'], validMs: 120_000, holdout: 0.2 },
        { id: 'b', touchpoints: ['checkout.*'], signals: [], validMs: 120_000, holdout: 0.5 },
      ],
      budget: { ...DEFAULT_CONFIG.budget, everyMs: 14 * DAY },
    })
  })

  test('every word of an ask is one line of what it looks like', () => {
    const character = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)),
      fc.constantFrom('\u202e', '\u2066', '\u200f', '\u0007', '\u001b', '\n', '\u2028', '\ud800'),
    )
    const unfit = (code: number): boolean =>
      code < 0x20 ||
      (code >= 0x7f && code < 0xa0) ||
      [0x2028, 0x2029].includes(code) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069) ||
      (code >= 0xd800 && code <= 0xdfff)
    fc.assert(
      fc.property(fc.array(character, { maxLength: 40 }), fc.boolean(), (characters, inOption) => {
        const text = characters.join('')
        const good = text.trim() !== '' && ![...text].some(each => unfit(each.codePointAt(0) ?? 0))
        const value = inOption ? { ...CHOICE, options: [...OPTIONS, { fi: text }] } : { ...ASK, text: { fi: text } }
        const problems = problemsOf({ asks: [value] })
        expect(problems.map(({ path }) => path)).toEqual(
          good ? [] : [inOption ? 'asks[0].options[2].fi' : 'asks[0].text.fi'],
        )
      }),
      { numRuns: 300 },
    )
  })

  test('ids are those of the wire, and each stands for one ask or nudge', () => {
    const id = fc.oneof(
      fc.constantFrom('a', 'b-1', 'c'),
      fc.stringMatching(/^[a-z0-9-]{1,3}$/),
      fc.string({ maxLength: 34 }),
    )
    fc.assert(
      fc.property(fc.array(id, { maxLength: 6 }), fc.nat(6), (ids, at) => {
        const asks = ids.slice(0, at).map(id => ({ ...ASK, id }))
        const nudges = ids.slice(at).map(id => ({ ...NUDGE, id }))
        const good = ids.every(id => ASK_ID.test(id)) && new Set(ids).size === ids.length
        expect(problemsOf({ asks, nudges }).length === 0).toBe(good)
      }),
    )
  })

  test('options belong to a choice alone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ASK_FORMS), fc.nat(8), (kind, count) => {
        const options = Array.from({ length: count }, (_, i) => ({ en: `option ${i}` }))
        const good = kind === 'choice' ? count >= 2 && count <= 6 : count === 0
        expect(problemsOf({ asks: [{ ...ASK, kind, options }] }).length === 0).toBe(good)
      }),
    )
  })
})

describe('problems name the path and what to do', () => {
  const ask = (change: object) => ({ asks: [{ ...ASK, ...change }] })
  const nudge = (change: object) => ({ nudges: [{ ...NUDGE, ...change }] })
  const link = (href: string) => nudge({ link: { href, text: { en: 'a' } } })
  const cases: [what: string, value: unknown, path: string, message: RegExp][] = [
    ['an unknown key', ask({ scale: 'csat' }), 'asks[0].scale', /known here are id, touchpoints/],
    ['an unknown kind', ask({ kind: 'stars' }), 'asks[0].kind', /"thumb".*"choice", "text"/],
    ['a pattern', ask({ touchpoints: ['a.*.b'] }), 'asks[0].touchpoints[0]', /no touchpoint/],
    ['no touchpoint', ask({ touchpoints: [] }), 'asks[0].touchpoints', /at least 1/],
    ['no words', ask({ text: {} }), 'asks[0].text', /no language/],
    ['empty words', ask({ text: { en: ' ' } }), 'asks[0].text.en', /empty/],
    ['no language tag', ask({ text: { english_uk: 'a' } }), 'asks[0].text.english_uk', /language tag/],
    ['a language twice', ask({ text: { 'pt-BR': 'a', 'pt-br': 'a' } }), 'asks[0].text["pt-br"]', /another spelling/],
    ['too many languages', ask({ text: languages(25) }), 'asks[0].text', /24/],
    ['too long', ask({ text: { en: 'a'.repeat(301) } }), 'asks[0].text.en', /at most 300/],
    ['a right-to-left override', ask({ text: { en: 'a\u202eb' } }), 'asks[0].text.en', /direction/],
    [
      'more words than a frame should carry',
      ask({ text: Object.fromEntries(Object.keys(languages(24)).map(each => [each, '語'.repeat(300)])) }),
      'asks[0].text',
      /16384 bytes/,
    ],
    [
      'an option of words alone',
      { asks: [{ ...CHOICE, options: ['a', { en: 'b' }] }] },
      'asks[0].options[0]',
      /object/,
    ],
    ['one option', { asks: [{ ...CHOICE, options: OPTIONS.slice(1) }] }, 'asks[0].options', /2 to 6/],
    ['a reason on a scale', ask({ reason: true }), 'asks[0].reason', /only a choice/],
    ['a comment on a choice', { asks: [{ ...CHOICE, comment: true }] }, 'asks[0].comment', /goes with a scale/],
    ['a trigger that is none', ask({ trigger: 'dwell' }), 'asks[0].trigger', /must be/],
    ['a trigger of another name', ask({ trigger: { on: 'enter' } }), 'asks[0].trigger.on', /"sample", "dwell"/],
    ['a dwell without time', ask({ trigger: { on: 'dwell' } }), 'asks[0].trigger.after', /no duration/],
    ['a time without dwell', ask({ trigger: { on: 'leave', after: '2s' } }), 'asks[0].trigger.after', /unknown here/],
    ['a signal’s name', ask({ trigger: { on: 'signal', names: ['Rage'] } }), 'asks[0].trigger.names[0]', /no signal/],
    ['a validity too short', ask({ validFor: '9s' }), 'asks[0].validFor', /from 10s to 30d/],
    ['a validity too long', ask({ validFor: '31d' }), 'asks[0].validFor', /from 10s to 30d/],
    ['too many asks', { asks: many(101, ASK) }, 'asks', /at most 100/],
    ['too many nudges', { nudges: many(21, NUDGE) }, 'nudges', /at most 20/],
    ['nobody held out', nudge({ holdout: 0 }), 'nudges[0].holdout', /0\.05 to 0\.95/],
    ['nearly all held out', nudge({ holdout: '96%' }), 'nudges[0].holdout', /0\.05 to 0\.95/],
    ['a holdout of words', nudge({ holdout: 'half' }), 'nudges[0].holdout', /0\.05 to 0\.95/],
    ['a script as a link', link('javascript:alert(1)'), 'nudges[0].link.href', /http/],
    ['another host behind slashes', link('//evil.example/'), 'nudges[0].link.href', /http/],
    ['another host behind a backslash', link('/\\evil.example/'), 'nudges[0].link.href', /http/],
    ['a link with a line break', link('/help\n'), 'nudges[0].link.href', /http/],
    ['an id twice', { asks: [ASK, { ...ASK }] }, 'asks[1].id', /twice/],
    ['a nudge with an ask’s id', { asks: [ASK], nudges: [{ ...NUDGE, id: 'mood' }] }, 'nudges[0].id', /twice/],
    ['a budget beyond a year', { budget: { most: '401d' } }, 'budget.most', /to 400d/],
    ['no session', { budget: { session: '0s' } }, 'budget.session', /over 0/],
    ['a bound below what it bounds', { budget: { most: '7d' } }, 'budget.most', /afterDismissal/],
  ]
  test.each(cases)('%s', (_, value, path, message) => {
    expect(problemsOf(value)).toEqual([{ path, message: expect.stringMatching(message) }])
  })
})
