import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdHash } from './hash.js'

const rotl = (x: number, b: number): number => ((x << b) | (x >>> (32 - b))) >>> 0

/** HalfSipHash-2-4 with 64 bits of output, as its paper lays it out: whole words, then the rest with the length. */
function reference(key: readonly [number, number], bytes: readonly number[]): [hi: number, lo: number] {
  const v = [key[0] >>> 0, (key[1] ^ 0xee) >>> 0, (0x6c796765 ^ key[0]) >>> 0, (0x74656462 ^ key[1]) >>> 0]
  const get = (i: number): number => v[i] as number
  const mix = (a: number, b: number, bits: number): void => {
    v[a] = (get(a) + get(b)) >>> 0
    v[b] = (rotl(get(b), bits) ^ get(a)) >>> 0
  }
  const rounds = (n: number): void => {
    for (let i = 0; i < n; i++) {
      mix(0, 1, 5)
      v[0] = rotl(get(0), 16)
      mix(2, 3, 8)
      mix(0, 3, 7)
      mix(2, 1, 13)
      v[2] = rotl(get(2), 16)
    }
  }
  const padded = [...bytes, ...new Array<number>(3 - (bytes.length % 4)).fill(0), bytes.length & 255]
  for (let i = 0; i < padded.length; i += 4) {
    const word = [0, 1, 2, 3].reduce((sum, j) => sum + (padded[i + j] as number) * 256 ** j, 0)
    v[3] = (get(3) ^ word) >>> 0
    rounds(2)
    v[0] = (get(0) ^ word) >>> 0
  }
  v[2] = (get(2) ^ 0xee) >>> 0
  rounds(4)
  const lo = (get(1) ^ get(3)) >>> 0
  v[1] = (get(1) ^ 0xdd) >>> 0
  rounds(4)
  return [(get(1) ^ get(3)) >>> 0, lo]
}

const words = fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff))

describe('the hash of ids', () => {
  it('is HalfSipHash-2-4 over the bytes of the id, under any key', () => {
    const ids = fc.array(fc.integer({ min: 0, max: 127 }), { maxLength: 70 })
    fc.assert(
      fc.property(words, ids, (key, bytes) => {
        const hash = new IdHash(key).of(String.fromCharCode(...bytes))
        expect([hash.hi, hash.lo]).toEqual(reference(key, bytes))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    [0, [0x21, 0x8d, 0x1f, 0x59, 0xb9, 0xb8, 0x3c, 0xc8]],
    [1, [0xbe, 0x55, 0x24, 0x12, 0xf8, 0x38, 0x73, 0x15]],
    [2, [0x06, 0x4f, 0x39, 0xef, 0x7c, 0x50, 0xeb, 0x57]],
  ])('gives the published vector for %i bytes', (length, expected) => {
    const id = String.fromCharCode(...Array.from({ length }, (_, i) => i))
    const { hi, lo } = new IdHash([0x03020100, 0x07060504]).of(id)
    const out = new DataView(new ArrayBuffer(8))
    out.setUint32(0, lo, true)
    out.setUint32(4, hi, true)
    expect([...new Uint8Array(out.buffer)]).toEqual(expected)
  })

  it('keeps nothing of the id before', () => {
    fc.assert(
      fc.property(words, fc.string(), fc.string(), (key, before, id) => {
        const reused = new IdHash(key).of(before).of(id)
        expect({ ...reused }).toEqual({ ...new IdHash(key).of(id) })
      }),
    )
  })

  it('spreads sequential ids: no collision in 200,000, and all of the top 12 bits equally often', () => {
    const hash = new IdHash([0, 0])
    const count = 200_000
    const seen = new Set<bigint>()
    const registers = new Int32Array(4096)
    for (let i = 0; i < count; i++) {
      const { hi, lo } = hash.of(`v-${i}`)
      seen.add((BigInt(hi) << 32n) | BigInt(lo))
      registers[hi >>> 20] = (registers[hi >>> 20] as number) + 1
    }
    expect(seen.size).toBe(count)
    const expected = count / 4096
    // χ² of 4,095 degrees of freedom: mean 4,095, standard deviation 90.5; five of them on either side.
    const chi2 = registers.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    expect(Math.abs(chi2 - 4095)).toBeLessThan(453)
  })
})
