const PRECISION = 12
const REGISTERS = 1 << PRECISION
const RANKS = 34
const FIRST_NODES = 512
const RANK_SHIFT = 16
/** The part of a pair's second word that names the next one; also the greatest number of a pair. */
const NEXT = 0xffff
/** Pairs that a sketch has room for. */
export const SKETCH_PAIRS = NEXT + 1
const ALPHA = 1 / (2 * Math.LN2)

/** Bits of a hash's first word that choose no register. */
export const REGISTER_REST = (1 << (32 - PRECISION)) - 1
/** Register and rank of a visitor: from the two words of its hash. */
export const registerOf = (hi: number): number => hi >>> (32 - PRECISION)
export const rankOf = (lo: number): number => Math.clz32(lo) + 1

/**
 * A HyperLogLog that slides: each register keeps, newest first, the (time, rank) pairs that no later and higher rank
 * has overtaken, so that the register of any window that ends now can be read off. It equals the union of one sketch
 * a slice. Times are indexes of 5 s slices.
 */
export class Sketch {
  readonly #head = new Uint16Array(REGISTERS)
  /** Two words a pair, side by side in the cache: its time; its rank and behind it the next, older pair. */
  #nodes = new Int32Array(FIRST_NODES * 2)
  #free = 0
  #used = 1

  /** Whether it changed anything. */
  add(register: number, rank: number, time: number): boolean {
    const nodes = this.#nodes
    let previous = 0
    let node = this.#head[register]
    while (node !== 0 && nodes[node * 2] > time) {
      if (nodes[node * 2 + 1] >>> RANK_SHIFT >= rank) return false
      previous = node
      node = nodes[node * 2 + 1] & NEXT
    }
    if (node !== 0 && nodes[node * 2] === time && nodes[node * 2 + 1] >>> RANK_SHIFT >= rank) return false
    let spare = 0
    while (node !== 0 && nodes[node * 2 + 1] >>> RANK_SHIFT <= rank) {
      const next = nodes[node * 2 + 1] & NEXT
      if (spare === 0) spare = node
      else this.#release(node)
      node = next
    }
    if (spare === 0) spare = this.#claim()
    if (spare !== 0) {
      this.#nodes[spare * 2] = time
      this.#nodes[spare * 2 + 1] = (rank << RANK_SHIFT) | node
    }
    const link = spare === 0 ? node : spare
    if (previous === 0) this.#head[register] = link
    else this.#nodes[previous * 2 + 1] = (this.#nodes[previous * 2 + 1] & ~NEXT) | link
    return spare !== 0
  }

  /** Estimated distinct visitors seen at or after `since`. Ertl, New cardinality estimation algorithms (2017), alg. 6. */
  estimate(since: number): number {
    const counts = new Int32Array(RANKS + 1)
    const nodes = this.#nodes
    for (let register = 0; register < REGISTERS; register++) {
      let rank = 0
      for (let node = this.#head[register]; node !== 0 && nodes[node * 2] >= since; ) {
        rank = nodes[node * 2 + 1] >>> RANK_SHIFT
        node = nodes[node * 2 + 1] & NEXT
      }
      counts[rank]++
    }
    let z = REGISTERS * tau(1 - counts[RANKS] / REGISTERS)
    for (let rank = RANKS - 1; rank >= 1; rank--) z = 0.5 * (z + counts[rank])
    z += REGISTERS * sigma(counts[0] / REGISTERS)
    return Math.round((ALPHA * REGISTERS * REGISTERS) / z)
  }

  /** Every pair, by register, newest first. */
  each(visit: (register: number, rank: number, time: number) => void): void {
    for (let register = 0; register < REGISTERS; register++) {
      for (let node = this.#head[register]; node !== 0; node = this.#nodes[node * 2 + 1] & NEXT) {
        visit(register, this.#nodes[node * 2 + 1] >>> RANK_SHIFT, this.#nodes[node * 2])
      }
    }
  }

  get sizeBytes(): number {
    return REGISTERS * 2 + this.#nodes.length * 4
  }

  #release(node: number): void {
    this.#nodes[node * 2 + 1] = this.#free
    this.#free = node
  }

  /** 0 when there is no room: a visitor is not counted then. It takes 2³⁰ visitors in every register to come here. */
  #claim(): number {
    const free = this.#free
    if (free !== 0) {
      this.#free = this.#nodes[free * 2 + 1]
      return free
    }
    if (this.#used > NEXT) return 0
    if (this.#used * 2 === this.#nodes.length) {
      const grown = new Int32Array(Math.min(NEXT + 1, Math.ceil(this.#used * 1.25)) * 2)
      grown.set(this.#nodes)
      this.#nodes = grown
    }
    return this.#used++
  }
}

function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  let power = x
  let y = 1
  let z = x
  for (let before = -1; z !== before; y += y) {
    power *= power
    before = z
    z += power * y
  }
  return z
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let root = x
  let y = 1
  let z = 1 - x
  for (let before = -1; z !== before; ) {
    root = Math.sqrt(root)
    before = z
    y *= 0.5
    z -= (1 - root) ** 2 * y
  }
  return z / 3
}
