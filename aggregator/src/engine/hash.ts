const rotl = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits))

/**
 * Keyed 64-bit hash of an id: HalfSipHash-2-4 over the id's UTF-16 code units as bytes (ids are ASCII). Its words are
 * 32 bits wide, which is what JavaScript multiplies and rotates without boxing. The key keeps a page from choosing ids
 * that collide. The result stays in `hi` and `lo` (unsigned), so that hashing allocates nothing.
 * Source: Aumasson, Bernstein: SipHash (2012), its 32-bit variant.
 */
export class IdHash {
  hi = 0
  lo = 0
  readonly #k0: number
  readonly #k1: number

  constructor(key: readonly [number, number]) {
    this.#k0 = key[0] | 0
    this.#k1 = key[1] | 0
  }

  of(id: string): this {
    let v0 = this.#k0
    let v1 = this.#k1 ^ 0xee
    let v2 = 0x6c796765 ^ this.#k0
    let v3 = 0x74656462 ^ this.#k1
    const length = id.length
    const whole = length & ~3
    for (let i = 0; i <= whole; i += 4) {
      let word = 0
      if (i < whole) {
        word =
          (id.charCodeAt(i) & 255) |
          ((id.charCodeAt(i + 1) & 255) << 8) |
          ((id.charCodeAt(i + 2) & 255) << 16) |
          ((id.charCodeAt(i + 3) & 255) << 24)
      } else {
        word = length << 24
        for (let j = length & 3; j > 0; j--) word |= (id.charCodeAt(whole + j - 1) & 255) << (8 * (j - 1))
      }
      v3 ^= word
      for (let round = 0; round < 2; round++) {
        v0 = (v0 + v1) | 0
        v1 = rotl(v1, 5) ^ v0
        v0 = rotl(v0, 16)
        v2 = (v2 + v3) | 0
        v3 = rotl(v3, 8) ^ v2
        v0 = (v0 + v3) | 0
        v3 = rotl(v3, 7) ^ v0
        v2 = (v2 + v1) | 0
        v1 = rotl(v1, 13) ^ v2
        v2 = rotl(v2, 16)
      }
      v0 ^= word
    }
    v2 ^= 0xee
    for (let round = 0; round < 8; round++) {
      v0 = (v0 + v1) | 0
      v1 = rotl(v1, 5) ^ v0
      v0 = rotl(v0, 16)
      v2 = (v2 + v3) | 0
      v3 = rotl(v3, 8) ^ v2
      v0 = (v0 + v3) | 0
      v3 = rotl(v3, 7) ^ v0
      v2 = (v2 + v1) | 0
      v1 = rotl(v1, 13) ^ v2
      v2 = rotl(v2, 16)
      if (round === 3) {
        this.lo = (v1 ^ v3) >>> 0
        v1 ^= 0xdd
      }
    }
    this.hi = (v1 ^ v3) >>> 0
    return this
  }
}
