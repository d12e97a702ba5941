/** Buckets of an octave: a value is off by 1/64 of itself at most. */
const STEPS = 32
/** Microseconds; what is longer counts as this: 71 minutes. */
const MOST_US = 2 ** 32 - 1
const OCTAVES = 32

/** The bucket of a whole number of microseconds: exact up to STEPS, then STEPS buckets for each power of two. */
const bucketOf = (value: number): number => {
  if (value < STEPS) return value
  const octave = 31 - Math.clz32(value)
  const shift = octave - 5
  return STEPS * (octave - 4) + ((value >>> shift) - STEPS)
}

/** The middle of a bucket, in microseconds. */
const middleOf = (bucket: number): number => {
  if (bucket < STEPS) return bucket
  const octave = Math.floor(bucket / STEPS) + 4
  const width = 2 ** (octave - 5)
  return (STEPS + (bucket % STEPS)) * width + (width - 1) / 2
}

/** Shares of the times, in ms. All are null where nothing was measured. */
export interface Quantiles {
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
  readonly n: number
}

const US_IN_MS = 1_000

/** Times in buckets of equal relative width: it takes the same memory however many they are. */
export class Histogram {
  readonly #counts = new Float64Array(STEPS * (OCTAVES - 3))
  #count = 0
  #longestUs = 0

  /** `times`: how many events took this long. A time below zero, as of a clock set back, counts as zero. */
  add(ms: number, times = 1): void {
    const us = Math.min(MOST_US, Math.max(0, Math.round(ms * US_IN_MS)))
    const bucket = bucketOf(us)
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times
    this.#count += times
    if (us > this.#longestUs) this.#longestUs = us
  }

  /** The value at rank ⌈share · n⌉, in ms; null where there is none. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null
    const rank = Math.max(1, Math.ceil(share * this.#count))
    let seen = 0
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count
      if (seen >= rank) return Math.min(middleOf(bucket), this.#longestUs) / US_IN_MS
    }
    return this.#longestUs / US_IN_MS
  }

  quantiles(): Quantiles {
    const max = this.#count === 0 ? null : this.#longestUs / US_IN_MS
    return { p50: this.quantile(0.5), p90: this.quantile(0.9), p99: this.quantile(0.99), max, n: this.#count }
  }
}
