import type { ArchiveWriter } from './archive.js'
import { PIECE_BYTES } from './limits.js'

/** Gathers bytes and writes them as files of about PIECE_BYTES. */
export class Pieces {
  count = 0
  sizeBytes = 0
  readonly #name: (number: number) => string
  readonly #archive: ArchiveWriter
  #chunks: Uint8Array[] = []

  constructor(name: (number: number) => string, archive: ArchiveWriter) {
    this.#name = name
    this.#archive = archive
  }

  put(bytes: Uint8Array): void {
    this.#chunks.push(bytes)
    this.sizeBytes += bytes.length
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.put(bytes)
    if (this.sizeBytes >= PIECE_BYTES) await this.end()
  }

  async end(): Promise<void> {
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = []
    this.sizeBytes = 0
    await this.#archive.add(this.#name(this.count++), bytes)
  }
}
