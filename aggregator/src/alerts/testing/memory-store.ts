import { Overloaded, type Store } from '../../ports.js'

interface Value {
  readonly value: Uint8Array
  readonly revision: number
}

/** Values in memory, with revisions; each change some turns later. */
export class MemoryStore implements Store {
  readonly #values = new Map<string, Value>()
  #revision = 0
  isFull = false
  /** Whether the next changes are carried out without an answer. */
  losesAnswers = false
  /** Turns of the event loop before each change. */
  turns = (): number => 1

  get values(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#values].map(([key, { value }]) => [key, value]))
  }

  /** Somebody else's change. */
  place(key: string, text: string): void {
    this.#values.set(key, { value: Buffer.from(text), revision: ++this.#revision })
  }

  async get(key: string): Promise<Value | null> {
    return this.#values.get(key) ?? null
  }

  async put(key: string, value: Uint8Array, revision: number | null): Promise<number | null> {
    await this.#wait()
    if (revision !== null && revision !== (this.#values.get(key)?.revision ?? 0)) return this.#answer(null)
    this.#values.set(key, { value, revision: ++this.#revision })
    return this.#answer(this.#revision)
  }

  async delete(key: string): Promise<void> {
    await this.#wait()
    this.#values.delete(key)
  }

  async keys(prefix: string): Promise<string[]> {
    return [...this.#values.keys()].filter(key => key.startsWith(prefix)).sort()
  }

  async putBlob(): Promise<void> {}

  async getBlob(): Promise<null> {
    return null
  }

  async deleteBlob(): Promise<void> {}

  async blobs(): Promise<string[]> {
    return []
  }

  async close(): Promise<void> {}

  async #wait(): Promise<void> {
    for (let turns = this.turns(); turns > 0; turns--) await new Promise(setImmediate)
    if (this.isFull) throw new Overloaded('the disk is full', 1_000)
  }

  #answer(stored: number | null): number | null {
    if (this.losesAnswers) throw new Error('no answer')
    return stored
  }
}
