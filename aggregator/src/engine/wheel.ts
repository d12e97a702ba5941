const SLOTS = 65_536
const FIRST_ENTRIES = 1024

/**
 * Which visitors to look at in which second: a ring of one-second buckets, append-only. A visitor whose deadline moves
 * later stays where it is and is put in again when its second comes; one whose deadline moves earlier is put in anew
 * and the old entry is recognised as stale, because the visitor's row says at which second it is expected. Seconds
 * farther away than the ring reaches wait in its last bucket.
 */
export class Wheel {
  /** The second whose bucket is next; everything before it was handed out. */
  second = 0
  readonly #heads = new Int32Array(SLOTS).fill(-1)
  #rows = new Int32Array(FIRST_ENTRIES)
  #next = new Int32Array(FIRST_ENTRIES)
  #used = 0
  #free = -1
  /** Rows handed out by `due`, and for each the second at which it stood. */
  readonly rows: number[] = []
  readonly seconds: number[] = []

  get sizeBytes(): number {
    return SLOTS * 4 + this.#rows.length * 8
  }

  /** Returns the second at which the row will come up. */
  put(row: number, second: number): number {
    const at = Math.min(Math.max(second, this.second), this.second + SLOTS - 1)
    let entry = this.#free
    if (entry >= 0) {
      this.#free = this.#next[entry]
    } else {
      if (this.#used === this.#rows.length) this.#grow()
      entry = this.#used++
    }
    const slot = at % SLOTS
    this.#rows[entry] = row
    this.#next[entry] = this.#heads[slot]
    this.#heads[slot] = entry
    return at
  }

  /** Empties all buckets before `second` into `rows` and `seconds`. */
  due(second: number): void {
    this.rows.length = 0
    this.seconds.length = 0
    const from = this.second
    const slots = Math.min(second - from, SLOTS)
    this.second = second
    for (let i = 0; i < slots; i++) {
      const slot = (from + i) % SLOTS
      let entry = this.#heads[slot]
      if (entry < 0) continue
      this.#heads[slot] = -1
      while (entry >= 0) {
        const next = this.#next[entry]
        this.rows.push(this.#rows[entry])
        this.seconds.push(from + i)
        this.#next[entry] = this.#free
        this.#free = entry
        entry = next
      }
    }
  }

  /** Rows that stand at the current second, without taking them out. */
  current(visit: (row: number) => void): void {
    for (let entry = this.#heads[this.second % SLOTS]; entry >= 0; entry = this.#next[entry]) visit(this.#rows[entry])
  }

  #grow(): void {
    const rows = new Int32Array(this.#rows.length * 2)
    const next = new Int32Array(this.#rows.length * 2)
    rows.set(this.#rows)
    next.set(this.#next)
    this.#rows = rows
    this.#next = next
  }
}
