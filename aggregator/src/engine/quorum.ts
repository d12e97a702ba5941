/** Distinct voices that it takes before a figure is believed. */
export const QUORUM = 5
const SEAT = 3
const WORDS = QUORUM * SEAT

/**
 * Whether a window that ends now holds at least QUORUM distinct voices: the newest of them, by the 5 s slice in which
 * each was heard last, then by hash. Merging two in any order gives the same as one that heard all.
 */
export class Quorum {
  /** Seats, newest first: hash (2), time (0: nobody). */
  readonly #seats = new Int32Array(WORDS)

  /** Whether it changed anything. Hash words are taken as 32 bits, signed or not. */
  add(hi: number, lo: number, time: number): boolean {
    const seats = this.#seats
    const last = WORDS - SEAT
    if (!this.#isBehind(last, hi, lo, time)) return false
    let at = this.#find(hi, lo)
    if (at < 0) at = last
    else if ((seats[at + 2] as number) >= time) return false
    for (; at > 0 && this.#isBehind(at - SEAT, hi, lo, time); at -= SEAT) seats.copyWithin(at, at - SEAT, at)
    seats[at] = hi
    seats[at + 1] = lo
    seats[at + 2] = time
    return true
  }

  /** Puts another hash in the place of one; the order stays. */
  replace(hi: number, lo: number, byHi: number, byLo: number): boolean {
    const at = this.#find(hi, lo)
    if (at < 0) return false
    const time = this.#seats[at + 2] as number
    this.#seats.copyWithin(at, at + SEAT)
    this.#seats.fill(0, WORDS - SEAT)
    return this.add(byHi, byLo, time)
  }

  has(hi: number, lo: number): boolean {
    return this.#find(hi, lo) >= 0
  }

  merge(other: Quorum): void {
    other.each((hi, lo, time) => this.add(hi, lo, time))
  }

  /** Whether QUORUM voices were heard at or after `since` (5 s slice index ≥ 1). */
  holds(since: number): boolean {
    return (this.#seats[WORDS - 1] as number) >= since
  }

  each(visit: (hi: number, lo: number, time: number) => void): void {
    const seats = this.#seats
    for (let at = 0; at < WORDS && seats[at + 2] !== 0; at += SEAT) {
      visit(seats[at] as number, seats[at + 1] as number, seats[at + 2] as number)
    }
  }

  #find(hi: number, lo: number): number {
    const seats = this.#seats
    for (let at = 0; at < WORDS; at += SEAT) {
      if (seats[at + 1] === (lo | 0) && seats[at] === (hi | 0) && seats[at + 2] !== 0) return at
    }
    return -1
  }

  /** Whether who sits there comes behind the given one. */
  #isBehind(at: number, hi: number, lo: number, time: number): boolean {
    const held = this.#seats[at + 2] as number
    if (held !== time) return held < time
    const byHash = ((this.#seats[at] as number) >>> 0) - (hi >>> 0)
    return byHash !== 0 ? byHash > 0 : (this.#seats[at + 1] as number) >>> 0 > lo >>> 0
  }
}
