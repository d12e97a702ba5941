import type { Entry } from '../ports.js'
import { RECENT_BYTES } from './limits.js'

/** The newest durable entries, for those who follow the log; at least those of the last commit. */
export class Recent {
  readonly #commits: { readonly entries: readonly Entry[]; readonly sizeBytes: number }[] = []
  #sizeBytes = 0

  push(entries: readonly Entry[], sizeBytes: number): void {
    this.#commits.push({ entries, sizeBytes })
    this.#sizeBytes += sizeBytes
    while (this.#sizeBytes > RECENT_BYTES && this.#commits.length > 1) {
      this.#sizeBytes -= this.#commits.shift()?.sizeBytes ?? 0
    }
  }

  /** Lets go of what begins at or before `sequence`: its bytes are no longer those of the files. */
  forget(sequence: number): void {
    while ((this.#commits[0]?.entries[0]?.sequence ?? Number.POSITIVE_INFINITY) <= sequence) {
      this.#sizeBytes -= this.#commits.shift()?.sizeBytes ?? 0
    }
  }

  /** Entries from `sequence` on, those of one commit; null where they are no longer, or not yet, here. */
  from(sequence: number): readonly Entry[] | null {
    const oldest = this.#commits[0]?.entries[0]?.sequence
    if (oldest === undefined || sequence < oldest) return null
    for (let i = this.#commits.length - 1; i >= 0; i--) {
      const entries = this.#commits[i]?.entries ?? []
      const first = entries[0]?.sequence ?? 0
      if (sequence < first) continue
      const skip = sequence - first
      if (skip >= entries.length) return null
      return skip === 0 ? entries : entries.slice(skip)
    }
    return null
  }
}
