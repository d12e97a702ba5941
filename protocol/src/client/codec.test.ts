import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { describe, expect, test } from 'vitest'
import { encodeServer, readClientFrame } from '../codec.js'
import { scan } from '../scan.js'
import { clientFrames } from '../testing/frames.js'
import { plain, wires } from '../testing/values.js'
import { decode, encode } from './codec.js'

const packr = new Packr({ useRecords: false, moreTypes: false, int64AsType: 'number', encodeUndefinedAsNil: true })
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

describe('W22: the two codecs are one', () => {
  test('every value has the same bytes in both, and comes back', () => {
    fc.assert(
      fc.property(wires, value => {
        const bytes = encode(value)
        expect(Buffer.from(bytes).equals(packr.encode(value))).toBe(true)
        expect(scan(bytes)).toBe(0)
        expect(decode(bytes)).toStrictEqual(plain(value))
        expect(packr.decode(bytes)).toStrictEqual(plain(value))
      }),
      { numRuns: 1000 },
    )
  })

  test('every frame of a client is read as it was written', () => {
    fc.assert(
      fc.property(clientFrames, frame => {
        expect(readClientFrame(encode(frame))).toStrictEqual({ ok: true, frame: plain(frame) })
      }),
      { numRuns: 500 },
    )
  })

  test('a frame of the server is read as it was written, also once the next one is', () => {
    const first = encodeServer([66, 429, 'slowly, please – ä', 1000, 7, null])
    encodeServer([65, 1, [[1, 2, 3]]])
    expect(decode(first)).toStrictEqual([66, 429, 'slowly, please – ä', 1000, 7, null])
    expect(decode(encodeServer([68, 1, 2, null, 1732250000000, 0, [], []]))).toHaveLength(8)
  })

  test('a lone surrogate becomes U+FFFD, undefined nil, and no byte is invalid', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\ud800', '\udfff', 'a', '😀', 'é') }), text => {
        const bytes = encode([text])
        expect(scan(bytes)).toBe(0)
        expect(decode(bytes)).toStrictEqual([Buffer.from(text).toString()])
      }),
    )
    expect(decode(encode([undefined]))).toStrictEqual([null])
  })

  test.each([1n, {}, Symbol.iterator, new Map(), () => 1])('refuses to write what the wire lacks, case %#', value => {
    expect(() => encode([value])).toThrow(TypeError)
  })
})

describe('the encoding of MessagePack', () => {
  const vectors: [string, unknown][] = [
    ['c0', null],
    ['c2', false],
    ['c3', true],
    ['00', 0],
    ['7f', 127],
    ['cc80', 128],
    ['ccff', 255],
    ['cd0100', 256],
    ['cdffff', 65_535],
    ['ce00010000', 65_536],
    ['ceffffffff', 2 ** 32 - 1],
    ['cb41f0000000000000', 2 ** 32],
    ['ff', -1],
    ['e0', -32],
    ['d0df', -33],
    ['d080', -128],
    ['d1ff7f', -129],
    ['d18000', -32_768],
    ['d2ffff7fff', -32_769],
    ['d280000000', -(2 ** 31)],
    ['cbc1e0000000200000', -(2 ** 31) - 1],
    ['cb3ff8000000000000', 1.5],
    ['a0', ''],
    ['a3c3a962', 'éb'],
    [`bf${'61'.repeat(31)}`, 'a'.repeat(31)],
    [`d920${'61'.repeat(32)}`, 'a'.repeat(32)],
    ['90', []],
    ['93c001a161', [null, 1, 'a']],
    [`dc0010${'00'.repeat(16)}`, new Array(16).fill(0)],
  ]
  test.each(vectors)('%s', (hex, value) => {
    expect(Buffer.from(encode(value)).toString('hex')).toBe(hex)
    expect(decode(bytesOf(hex))).toStrictEqual(value)
  })

  const longer: [string, unknown][] = [
    ['cc05', 5],
    ['ce00000005', 5],
    ['cf0000000000000005', 5],
    ['cf001fffffffffffff', 2 ** 53 - 1],
    ['d005', 5],
    ['d1fffe', -2],
    ['d2fffffffe', -2],
    ['d3fffffffffffffffe', -2],
    ['ca3fc00000', 1.5],
    ['d90161', 'a'],
    ['da000161', 'a'],
    ['db0000000161', 'a'],
    ['dc000101', [1]],
    ['dd0000000101', [1]],
  ]
  test.each(longer)('reads the longer form %s', (hex, value) => {
    expect(scan(bytesOf(hex))).toBe(0)
    expect(decode(bytesOf(hex))).toStrictEqual(value)
    expect(packr.decode(bytesOf(hex))).toStrictEqual(value)
  })

  test.each([
    '',
    '92c0',
    'a361',
    'd9',
    'cd01',
    'cb00',
    'c0c0',
    'c1',
    '80',
    'c400',
    'd40000',
    'ddffffffff',
    'dbffffffff',
  ])('throws RangeError for %j', hex => {
    expect(() => decode(bytesOf(hex))).toThrow(RangeError)
  })
})
