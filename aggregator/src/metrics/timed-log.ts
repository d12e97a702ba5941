import type { Entry, EventLog } from '../ports.js'

/** Upper bounds of the buckets, s: from a fast disk's sync to one that keeps everybody waiting. */
export const APPEND_BUCKETS_S = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const

/** How long something took, in buckets; the last one is for all that took longer. */
export class Latencies {
  readonly counts = new Float64Array(APPEND_BUCKETS_S.length + 1)
  sumS = 0

  observe(seconds: number): void {
    let bucket = 0
    while (bucket < APPEND_BUCKETS_S.length && seconds > (APPEND_BUCKETS_S[bucket] as number)) bucket++
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.sumS += seconds
  }
}

/** A log that notes how long its appends take, how many bytes they hold and how many are not taken. */
export class TimedLog implements EventLog {
  readonly latencies = new Latencies()
  failed = 0
  appendedBytes = 0
  readonly #log: EventLog

  constructor(log: EventLog) {
    this.#log = log
  }

  get partitions(): number {
    return this.#log.partitions
  }

  async append(partition: number, bytes: Uint8Array): Promise<number> {
    const startedMs = performance.now()
    try {
      const sequence = await this.#log.append(partition, bytes)
      this.latencies.observe((performance.now() - startedMs) / 1_000)
      this.appendedBytes += bytes.length
      return sequence
    } catch (error) {
      this.failed++
      throw error
    }
  }

  read(partition: number, from: number, signal: AbortSignal): AsyncIterable<readonly Entry[]> {
    return this.#log.read(partition, from, signal)
  }

  bounds(partition: number): Promise<{ first: number; last: number }> {
    return this.#log.bounds(partition)
  }

  trim(partition: number, sequence: number): Promise<void> {
    return this.#log.trim(partition, sequence)
  }

  close(): Promise<void> {
    return this.#log.close()
  }
}
