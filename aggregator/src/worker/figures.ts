/** What a partition's engine holds. */
export interface Held {
  readonly visitors: number
  /** Of the tables of visitors and streams. */
  readonly sizeBytes: number
}

/** An image that was stored. */
export interface Stored {
  /** ms since 1970 */
  readonly storedAt: number
  readonly tookMs: number
  readonly sizeBytes: number
}

/** What a worker tells of itself, for whoever watches. */
export class WorkerFigures {
  /** Images stored, and those that could not be, since the start. */
  images = 0
  failedImages = 0
  lastImage: Stored | null = null
  /** From the images and the log to ready, at the start. */
  replayMs = 0
  readonly #held = new Map<number, Held>()

  hold(partition: number, held: Held): void {
    this.#held.set(partition, held)
  }

  /** The partition is served no more. */
  drop(partition: number): void {
    this.#held.delete(partition)
  }

  stored(image: Stored): void {
    this.images++
    this.lastImage = image
  }

  get visitors(): number {
    return [...this.#held.values()].reduce((sum, { visitors }) => sum + visitors, 0)
  }

  get tableBytes(): number {
    return [...this.#held.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }
}
