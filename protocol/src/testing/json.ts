/** Arbitrary events as JSON, and damage done to them. */
import fc from 'fast-check'
import { EMOTIONS, type JsonEvent, SCALE_LEVELS, SCALES, VALUE_MAX } from '../client/index.js'
import { channels, ids, signals, text, touchpoints } from './frames.js'

const scores = fc.oneof(
  ...SCALES.map(scale => {
    const { first, count } = SCALE_LEVELS[scale]
    const score: fc.Arbitrary<string | number> =
      scale === 'emotion' ? fc.constantFrom(...EMOTIONS) : fc.integer({ min: first, max: first + count - 1 })
    return fc.record({ scale: fc.constant(scale), score })
  }),
)
const asks = text(1, 64)
const optional = <T>(name: string, values: fc.Arbitrary<T>) =>
  fc.option(values).map(value => (value === null ? {} : { [name]: value }))
const merged = (...parts: fc.Arbitrary<object>[]): fc.Arbitrary<object> =>
  fc.tuple(...parts).map(list => Object.assign({}, ...list) as object)
const kind = (name: JsonEvent['kind']) => fc.constant({ kind: name })

const dimensions = fc.oneof(text(1, 8), fc.constantFrom('constructor', 'toString', '0')).filter(n => n !== '__proto__')
const somewhere = merged(
  fc.record({ touchpoint: touchpoints }),
  optional('channel', channels),
  optional('cuts', fc.dictionary(dimensions, text(1, 8), { minKeys: 1, maxKeys: 6, noNullPrototype: true })),
)
const links = merged(
  kind('link'),
  fc.oneof(somewhere, fc.constant({})),
  fc.oneof(
    fc.record({ customer: text(1, 64) }),
    fc.record({ code: text(1, 32) }),
    fc.record({ customer: text(1, 64), code: text(1, 32) }),
  ),
  optional('proof', text(1, 128)),
)
const value = fc.double({ min: -VALUE_MAX, max: VALUE_MAX, noNaN: true }).map(n => n + 0)
const comment = text(0, 500)
const details = fc.oneof(
  merged(fc.constantFrom({ kind: 'enter' }, { kind: 'leave' }), somewhere),
  merged(kind('goal'), somewhere, optional('value', value)),
  merged(kind('feedback'), somewhere, scores, optional('comment', comment), optional('ask', asks)),
  merged(kind('feedback'), somewhere, fc.record({ ask: asks, option: fc.nat(5) })),
  merged(kind('feedback'), somewhere, fc.record({ ask: asks, text: comment })),
  merged(kind('signal'), somewhere, fc.record({ name: signals })),
  links,
  merged(kind('ask'), somewhere, fc.record({ ask: asks, result: fc.constantFrom('shown', 'dismissed') })),
)

export const NOW = Date.UTC(2026, 0, 1)
const who = fc.record({ visitor: ids, at: fc.integer({ min: Date.UTC(2000), max: NOW }) })
const numbering = fc.oneof(fc.record({ stream: ids, seq: fc.nat() }), fc.constant({}))

export const jsonEvents = merged(who, numbering, details) as fc.Arbitrary<JsonEvent>

const KEYS = [
  ...['visitor', 'stream', 'seq', 'at', 'kind', 'touchpoint', 'channel', 'cuts', 'value', 'scale', 'score', 'option'],
  ...[
    'text',
    'comment',
    'ask',
    'name',
    'customer',
    'code',
    'proof',
    'result',
    'colour',
    '__proto__',
    'constructor',
    '',
  ],
]
const oddities = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 0.5, 2 ** 31, 1e13, '', 'a', 'A b', 'csat', 'happy', 'enter', 'link'),
  fc.constantFrom<unknown>([], {}, { '': 'a' }, { a: '' }, { a: 1 }, [['a', 'b']], 'x'.repeat(65), 'x'.repeat(4001)),
  fc.constant(JSON.parse('{"__proto__":"a"}')),
  fc.constant(Object.fromEntries([...'abcdefg'].map(name => [name, name]))),
  fc.jsonValue({ maxDepth: 2 }),
)

/** Events with fields put in, replaced or taken out, as a parser would give them. */
export const damagedJson: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(
        jsonEvents,
        fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.option(oddities, { nil: undefined })), {
          minLength: 1,
          maxLength: 3,
        }),
      )
      .map(([event, edits]): unknown => {
        const fields = new Map<string, unknown>(Object.entries(event))
        for (const [key, odd] of edits) {
          if (odd === undefined) fields.delete(key)
          else fields.set(key, odd)
        }
        const pairs = [...fields].map(([key, field]) => `${JSON.stringify(key)}:${JSON.stringify(field)}`)
        return JSON.parse(`{${pairs.join(',')}}`)
      }),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
)
