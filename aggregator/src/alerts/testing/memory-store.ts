import { Overloaded, type Store } from '../../ports.js'

/** Values in memory, each change in a later turn. */
export class MemoryStore implements Store {
  readonly values = new Map<string, Uint8Array>()
  isFull = false

  async get(key: string): Promise<{ value: Uint8Array; revision: number } | null> {
    const value = this.values.get(key)
    return value === undefined ? null : { value, revision: 1 }
  }

  async put(key: string, value: Uint8Array): Promise<number> {
    await new Promise(setImmediate)
    if (this.isFull) throw new Overloaded('the disk is full', 1_000)
    this.values.set(key, value)
    return 1
  }

  async delete(key: string): Promise<void> {
    await new Promise(setImmediate)
    this.values.delete(key)
  }

  async keys(prefix: string): Promise<string[]> {
    return [...this.values.keys()].filter(key => key.startsWith(prefix)).sort()
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
}
