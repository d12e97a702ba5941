import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encode } from './client/codec.js'
import { Fault, FRAME_DEPTH } from './client/index.js'
import { decodeScanned, readClientFrame } from './codec.js'
import { ScanFault, scan, scanMessage } from './scan.js'
import { batches } from './testing/frames.js'
import { wires } from './testing/values.js'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

const isPlain = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.every(isPlain)
  return value === null || typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value)
}

/** Valid bytes with some bytes replaced, put in, taken out or cut off. */
const damaged = fc
  .tuple(
    wires.map(encode).filter(bytes => bytes.length < 2000),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2)), { maxLength: 4 }),
    fc.nat(20),
  )
  .map(([bytes, edits, cut]) => {
    const list = [...bytes]
    for (const [at, byte, how] of edits) list.splice(at % (list.length + 1), how, ...(how === 2 ? [] : [byte]))
    return Uint8Array.from(cut === 0 ? list.slice(0, -1) : list)
  })

describe('W23: what the scan lets through can be decoded, and is plain', () => {
  const check = (bytes: Uint8Array): boolean => {
    if (scan(bytes) !== 0) return false
    expect(isPlain(decodeScanned(bytes))).toBe(true)
    return true
  }

  test('damaged frames', () => {
    let accepted = 0
    fc.assert(
      fc.property(damaged, bytes => {
        if (check(bytes)) accepted++
      }),
      { numRuns: 4000 },
    )
    expect(accepted).toBeGreaterThan(100)
    expect(accepted).toBeLessThan(3000)
  })

  test('arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => void check(bytes)),
      { numRuns: 4000 },
    )
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) check(Uint8Array.of(0x92, first, second, 0xa1, 0x61))
    }
  })

  test('reading a frame never throws', () => {
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array(), batches.map(encode)), bytes => {
        const read = readClientFrame(bytes)
        if (!read.ok) expect(read.code).toBe(Fault.badFrame)
      }),
      { numRuns: 2000 },
    )
  })
})

const deep = (depth: number): string => `${'91'.repeat(depth)}c0`

describe('W24: the scan refuses, in the order of SPEC.md part 7', () => {
  const cases: [keyof typeof ScanFault, string, string][] = [
    ['truncated', 'an empty frame', ''],
    ['truncated', 'a missing item', '92cc01'],
    ['truncated', 'half a float', 'cb3ff8'],
    ['truncated', 'half a length', 'dc00'],
    ['trailing', 'a byte more', '91c0c0'],
    ['trailing', 'two frames', '91019101'],
    ['tooDeep', 'one level too deep', deep(FRAME_DEPTH + 1)],
    ['tooDeep', 'depth 60,000', deep(60_000)],
    ['tooDeep', 'nested headers of 32 bits', 'dd00000001'.repeat(10_000)],
    ['tooMany', 'a missing item', '9201'],
    ['tooMany', 'an array of 2^32 - 1', 'ddffffffff'],
    ['tooMany', 'an array of 2^32 - 1 inside', '92ddffffffffc0'],
    ['tooMany', 'headers that share their bytes', '9fdc000fdc000fdc000f00'],
    ['tooMany', 'a string of 2^32 - 1', 'dbffffffff61'],
    ['tooMany', 'a string that ends too soon', '91a36161'],
    ['map', 'an empty map', '80'],
    ['map', '__proto__ as a key', '81a95f5f70726f746f5f5fc0'],
    ['map', 'a map of 16 bits', '91de0000'],
    ['map', 'a map of 32 bits', '91dfffffffff'],
    ['binary', 'bin 8', '91c400'],
    ['binary', 'bin 16', '91c50000'],
    ['binary', 'bin 32', '91c600000000'],
    ['extension', 'fixext 1, undefined to some', '91d40000'],
    ['extension', 'fixext 2', '91d5000000'],
    ['extension', 'fixext 4, a timestamp', '91d6ff00000000'],
    ['extension', 'fixext 8', '91d7ff0000000000000000'],
    ['extension', 'fixext 16', `91d801${'00'.repeat(16)}`],
    ['extension', 'ext 8, a record to some', '91c70172'],
    ['extension', 'ext 16', '91c8000000'],
    ['extension', 'ext 32', '91c90000000000'],
    ['neverUsed', '0xc1', '91c1'],
    ['notFinite', 'NaN', '91cb7ff8000000000000'],
    ['notFinite', '+infinity', '91cb7ff0000000000000'],
    ['notFinite', '-infinity', '91cbfff0000000000000'],
    ['notFinite', 'NaN of 32 bits', '91ca7fc00000'],
    ['notFinite', 'infinity of 32 bits', '91caff800000'],
    ['unsafeInteger', '2^53', '91cf0020000000000000'],
    ['unsafeInteger', '2^64 - 1', '91cfffffffffffffffff'],
    ['unsafeInteger', '2^53, signed', '91d30020000000000000'],
    ['unsafeInteger', '-2^53', '91d3ffe0000000000000'],
    ['unsafeInteger', '-2^63', '91d38000000000000000'],
    ['notUtf8', 'a lone continuation', '91a180'],
    ['notUtf8', 'a sequence cut off', '91a1c3'],
    ['notUtf8', 'a sequence that the next item would end', '92a1c3a0'],
    ['notUtf8', 'an overlong slash', '91a2c0af'],
    ['notUtf8', 'an overlong form of 3', '91a3e08080'],
    ['notUtf8', 'an overlong form of 4', '91a4f0808080'],
    ['notUtf8', 'a surrogate', '91a3eda080'],
    ['notUtf8', 'past U+10FFFF', '91a4f4908080'],
    ['notUtf8', '0xff', '91a1ff'],
    ['notUtf8', 'a broken third byte', '91a3e28261'],
  ]
  test.each(cases)('%s: %s', (name, _, hex) => {
    expect(scan(bytesOf(hex))).toBe(ScanFault[name])
    expect(readClientFrame(bytesOf(hex))).toStrictEqual({
      ok: false,
      code: Fault.badFrame,
      message: scanMessage(ScanFault[name]),
    })
  })

  test.each([
    ['the deepest array', deep(FRAME_DEPTH)],
    ['2^53 - 1', '91cf001fffffffffffff'],
    ['-(2^53 - 1)', '91d3ffe0000000000001'],
    ['the greatest float', '91cb7fefffffffffffff'],
    ['the greatest float of 32 bits', '91ca7f7fffff'],
    ['the ends of UTF-8', '91ad c280 dfbf e0a080 ed9fbf efbfbf'],
    ['a code point past the BMP', '91a4f48fbfbf'],
    ['arrays that are empty', '9390 90 dc0000'],
  ])('lets through %s', (_, hex) => {
    expect(scan(bytesOf(hex))).toBe(0)
  })

  test('the state of one scan leaves nothing to the next', () => {
    scan(bytesOf('9f'.repeat(4)))
    expect(scan(bytesOf('91c0'))).toBe(0)
  })

  test('the deepest frame of the grammar fits', () => {
    expect(readClientFrame(encode([2, 1, null, ['p'], [[null, null, 0, 0, [[0, 0, 0]]]]])).ok).toBe(true)
  })
})
