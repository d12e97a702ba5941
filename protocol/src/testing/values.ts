/** Arbitrary values that the wire can carry, and a writer that may choose longer forms than needed. */
import fc from 'fast-check'
import type { Wire } from '../client/index.js'

const BORDERS = [0, 5, 7, 8, 15, 16, 31, 32, 33].flatMap(bits => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1])
export const numbers: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(...BORDERS, ...BORDERS.map(border => -border), 2 ** 53 - 1, 1 - 2 ** 53),
  fc.constantFrom(0.1, -0.5, 1.5, 1e-7, 5e-324, 1.7976931348623157e308, 0.252252, 1732250000000),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

const LENGTHS = [0, 1, 31, 32, 255, 256, 65_535, 65_536]
export const strings: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  { arbitrary: fc.constantFrom(...LENGTHS.map(length => 'x'.repeat(length))), weight: 1 },
  { arbitrary: fc.constantFrom(...LENGTHS.map(length => 'é'.repeat(length / 2))), weight: 1 },
  fc.constantFrom('\ufeffabc', '\0', '__proto__', '\u2028', '😀', '\ud7ff\ue000\uffff', 'a\u0301'),
)

const leaves: fc.Arbitrary<Wire> = fc.oneof(fc.constantFrom<Wire>(null, true, false), numbers, strings)
const lists = (depth: number): fc.Arbitrary<Wire> => {
  if (depth === 0) return leaves
  const items = fc.oneof({ arbitrary: leaves, weight: 3 }, lists(depth - 1))
  return fc.oneof(
    { arbitrary: fc.array(items, { maxLength: 5 }), weight: 6 },
    { arbitrary: fc.constantFrom(15, 16, 300).map(length => new Array<Wire>(length).fill(null)), weight: 1 },
    { arbitrary: leaves, weight: 1 },
  )
}
/** Nested at most 6 deep. */
export const wires: fc.Arbitrary<Wire> = lists(6)

/** −0 is 0 on the wire. */
export const plain = (value: unknown): unknown => {
  if (typeof value === 'number') return value + 0
  return Array.isArray(value) ? value.map(plain) : value
}
