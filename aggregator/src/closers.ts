/** What was opened, closed in the reverse order: in the end, and where a start fails half-way. */
export class Closers {
  readonly #closers: (() => unknown)[] = []
  #closing: Promise<void> | null = null

  add(close: () => unknown): void {
    this.#closers.push(close)
  }

  /** Closes once. One that fails holds up no other; rejects with the first failure. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closers.reverse()) {
      try {
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
