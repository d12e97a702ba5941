import { rankOf, registerOf, Sketch } from './sketch.js'

/** Up to so many distinct visitors a window is counted exactly. */
export const EXACT_VISITORS = 256
/** The newest visitors, by time and then by hash, that decide whether a window holds more. */
const KEPT = EXACT_VISITORS + 1
const FIRST_SLOTS = 16
export const LAST_SLOTS = 1024
/** Words a slot: hash (2), time (0: a free slot), and one to keep slots from straddling cache lines. */
const SLOT = 4

/** A full table is copied here while it is laid anew. */
const scratch = new Int32Array(LAST_SLOTS * SLOT)

export interface Seen {
  hi: number
  lo: number
  time: number
}

/** Later first; the hash decides between equals, so that the choice depends on the set alone. */
export const newestFirst = (a: Seen, b: Seen): number =>
  b.time - a.time || (a.hi >>> 0) - (b.hi >>> 0) || (a.lo >>> 0) - (b.lo >>> 0)

/**
 * Distinct visitors of a place in every window that ends now. It holds the time (5 s slice index) at which each was
 * seen last; a window has a visitor if that time lies in it. The 257 newest are known one by one, so a window with at
 * most 256 is counted exactly; older ones live in a sliding sketch from the moment the table is full.
 * Merging two crowds in any order gives the same as one crowd that saw all.
 */
export class Crowd {
  #slots = new Int32Array(FIRST_SLOTS * SLOT)
  #size = 0
  /** The last of the 257 newest when the table was last full: whoever comes behind it is of no use to the table. */
  #floorTime = 0
  #floorHi = 0xffffffff
  #sketch: Sketch | null = null

  /** Whether it changed anything. Hash words are taken as 32 bits, signed or not. */
  add(hi: number, lo: number, time: number): boolean {
    const changed = this.#sketch?.add(registerOf(hi), rankOf(lo), time) ?? false
    if (time < this.#floorTime || (time === this.#floorTime && hi >>> 0 > this.#floorHi)) return changed
    return this.#remember(hi | 0, lo | 0, time) || changed
  }

  /** Adds what another crowd's sketch knows. Whether it changed anything. */
  addRank(register: number, rank: number, time: number): boolean {
    const isFirst = this.#sketch === null
    return this.#sketched().add(register, rank, time) || isFirst
  }

  /**
   * Puts another hash in the place of one, with the same register and rank, so that no count changes. Returns whether
   * it was there.
   */
  replace(hi: number, lo: number, byHi: number, byLo: number): boolean {
    const at = this.#find(hi | 0, lo | 0)
    if (at < 0) return false
    const held = this.#slots.slice()
    const time = held[at + 2]
    held[at + 2] = 0
    this.#slots.fill(0)
    this.#lay(held)
    this.#remember(byHi | 0, byLo | 0, time)
    return true
  }

  has(hi: number, lo: number): boolean {
    return this.#find(hi | 0, lo | 0) >= 0
  }

  merge(other: Crowd): void {
    if (other.#sketch !== null) {
      const own = this.#sketched()
      other.#sketch.each((register, rank, time) => own.add(register, rank, time))
    }
    other.each((hi, lo, time) => this.add(hi, lo, time))
  }

  /** Distinct visitors seen at or after `since` (5 s slice index ≥ 1). */
  count(since: number): number {
    let exact = 0
    for (let at = 2; at < this.#slots.length; at += SLOT) if (this.#slots[at] >= since) exact++
    if (exact <= EXACT_VISITORS) return exact
    return (this.#sketch ?? this.#sketched()).estimate(since)
  }

  each(visit: (hi: number, lo: number, time: number) => void): void {
    const slots = this.#slots
    for (let at = 0; at < slots.length; at += SLOT) {
      if (slots[at + 2] !== 0) visit(slots[at], slots[at + 1], slots[at + 2])
    }
  }

  eachRank(visit: (register: number, rank: number, time: number) => void): void {
    this.#sketch?.each(visit)
  }

  get sizeBytes(): number {
    return this.#slots.length * 4 + (this.#sketch?.sizeBytes ?? 0)
  }

  #find(hi: number, lo: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let at = (lo * SLOT) & mask; slots[at + 2] !== 0; at = (at + SLOT) & mask) {
      if (slots[at + 1] === lo && slots[at] === hi) return at
    }
    return -1
  }

  #sketched(): Sketch {
    if (this.#sketch === null) {
      const sketch = new Sketch()
      this.each((hi, lo, time) => sketch.add(registerOf(hi), rankOf(lo), time))
      this.#sketch = sketch
    }
    return this.#sketch
  }

  #remember(hi: number, lo: number, time: number): boolean {
    const slots = this.#slots
    const mask = slots.length - 1
    let at = (lo * SLOT) & mask
    for (let held = slots[at + 2]; held !== 0; held = slots[at + 2]) {
      if (slots[at + 1] === lo && slots[at] === hi) {
        if (held >= time) return false
        slots[at + 2] = time
        return true
      }
      at = (at + SLOT) & mask
    }
    slots[at] = hi
    slots[at + 1] = lo
    slots[at + 2] = time
    if (++this.#size * 2 * SLOT > mask) this.#makeRoom()
    return true
  }

  #makeRoom(): void {
    const held = this.#slots
    if (held.length < LAST_SLOTS * SLOT) {
      this.#slots = new Int32Array(held.length * 2)
      this.#lay(held)
      return
    }
    this.#sketched()
    this.#forgetOldest()
    scratch.set(held)
    held.fill(0)
    this.#lay(scratch)
  }

  #lay(from: Int32Array): void {
    const slots = this.#slots
    const mask = slots.length - 1
    this.#size = 0
    for (let i = 0; i < from.length; i += SLOT) {
      if (from[i + 2] === 0) continue
      let at = (from[i + 1] * SLOT) & mask
      while (slots[at + 2] !== 0) at = (at + SLOT) & mask
      slots[at] = from[i]
      slots[at + 1] = from[i + 1]
      slots[at + 2] = from[i + 2]
      this.#size++
    }
  }

  /** Frees the slots of all but the 257 newest (more only where a hash's first word is shared). */
  #forgetOldest(): void {
    const slots = this.#slots
    const times = new Int32Array(this.#size)
    let n = 0
    for (let at = 2; at < slots.length; at += SLOT) if (slots[at] !== 0) times[n++] = slots[at]
    times.sort()
    const floorTime = times[n - KEPT]
    const tied = new Uint32Array(n)
    let newer = 0
    let ties = 0
    for (let at = 0; at < slots.length; at += SLOT) {
      if (slots[at + 2] > floorTime) newer++
      else if (slots[at + 2] === floorTime) tied[ties++] = slots[at]
    }
    const floorHi = tied.subarray(0, ties).sort()[KEPT - newer - 1]
    for (let at = 0; at < slots.length; at += SLOT) {
      const time = slots[at + 2]
      if (time < floorTime || (time === floorTime && slots[at] >>> 0 > floorHi)) slots[at + 2] = 0
    }
    this.#floorTime = floorTime
    this.#floorHi = floorHi
  }
}

/** The 257 newest. */
export function newest(seen: Seen[]): Seen[] {
  return seen.sort(newestFirst).slice(0, KEPT)
}
