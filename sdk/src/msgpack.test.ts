import { encodeServer } from '@pulssi/protocol'
import { decode as decodeAll, encode as encodeAll, Frame, type Wire } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, encode } from './msgpack.js'

const dataOf = (bytes: Uint8Array) => Uint8Array.from(bytes).buffer
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 250, maxLength: 300 }))
const number = fc.oneof(
  fc.constantFrom(
    0,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    2 ** 32 - 1,
    2 ** 32,
    -1,
    -32,
    -33,
    -128,
    -129,
    -32_768,
    -32_769,
  ),
  fc.constantFrom(-(2 ** 31), -(2 ** 31) - 1, 1.5, 1_732_250_000_000),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(x => x + 0),
)
const { said } = fc.letrec<{ said: Wire }>(tie => ({
  said: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    number,
    text,
    fc.array(tie('said'), { maxLength: 20 }),
    fc.array(fc.nat(9), { minLength: 250, maxLength: 270 }),
  ),
}))

test('writes the same bytes as the codec that knows all forms', () => {
  fc.assert(
    fc.property(said, value => {
      expect(Buffer.from(encode(value)).equals(encodeAll(value))).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})

test('what is no value of the wire becomes nil, and nothing throws', () => {
  fc.assert(
    fc.property(fc.anything({ withMap: true, withDate: true, withBigInt: true, withTypedArray: true }), value => {
      expect(() => decodeAll(encode([value]))).not.toThrow()
    }),
  )
  expect(decodeAll(encode([undefined, {}, true, () => 1, new Map()]))).toEqual([null, null, null, null, null])
})

test('reads every frame that a writer hears', () => {
  const nat = fc.oneof(fc.nat(), fc.constantFrom(0, 255, 256, 65_536, 2 ** 32 - 1))
  const orNull = <Value>(arb: fc.Arbitrary<Value>) => fc.option(arb, { nil: null })
  const frame = fc.oneof(
    fc.tuple(fc.constant(Frame.welcome), orNull(text), fc.constant(null), nat, nat, nat, nat),
    fc.tuple(fc.constant(Frame.ack), nat, fc.array(fc.tuple(nat, nat, nat), { maxLength: 300 })),
    fc.tuple(fc.constant(Frame.error), nat, text, orNull(nat), orNull(nat), orNull(nat)),
  )
  fc.assert(
    fc.property(frame, value => {
      expect(decode(dataOf(encodeServer(value as never)))).toStrictEqual(value)
    }),
  )
})

test("reads what is the host's matter: a no as null, all else as it was said", () => {
  const words = fc.tuple(fc.constant('en'), text.filter(Boolean))
  const ask = fc.tuple(
    fc.constant(Frame.ask),
    text,
    text,
    fc.nat(7),
    words,
    fc.array(words, { maxLength: 6 }),
    fc.boolean(),
    fc.nat(),
  )
  fc.assert(
    fc.property(ask, frame => {
      const [type, id, touchpoint, form, said, options, comment, validMs] = frame
      const heard = [type, id, touchpoint, form, said, options, comment || null, validMs]
      expect(decode(dataOf(encodeServer(frame as never)))).toStrictEqual(heard)
    }),
  )
})

test('passes over the clock of a welcome', () => {
  const welcome = [Frame.welcome, 'd.1', 1_732_250_000_000, 65_536, 100, 20, 5_000] as const
  expect(decode(dataOf(encodeServer(welcome)))).toStrictEqual([Frame.welcome, 'd.1', null, 65_536, 100, 20, 5_000])
})

test('data that end too early throw, and end soon', () => {
  for (const hex of ['', '92c0', '91cd01', 'dcffff', 'cc']) {
    expect(() => decode(dataOf(Uint8Array.from(Buffer.from(hex, 'hex')))), hex).toThrow(RangeError)
  }
})
