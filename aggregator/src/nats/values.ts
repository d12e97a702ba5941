import type { Link } from './link.js'
import { filterOfPrefix, keyOfSubject, subjectOfKey } from './names.js'
import { publishOnce } from './once.js'

/** Set by other clients of a key-value bucket where they delete. */
const DELETED_HEADER = 'KV-Operation'

/**
 * Small values in a key-value bucket, in its own format: the `nats` tool can look at them. A revision is the stream's
 * sequence; a deleted key leaves nothing behind, and its next revision is greater all the same.
 */
export class Values {
  readonly #link: Link
  readonly #stream: string
  readonly #prefix: string

  constructor(link: Link, bucket: string) {
    this.#link = link
    this.#stream = `KV_${bucket}`
    this.#prefix = `$KV.${bucket}.`
  }

  async get(key: string): Promise<{ value: Uint8Array; revision: number } | null> {
    const query = { last_by_subj: this.#subject(key) }
    // From the leader: a replica may not have heard of the newest yet.
    const found = await this.#link.patiently(() => this.#link.manager.streams.getMessage(this.#stream, query))
    if (found === null || found.header?.has(DELETED_HEADER)) return null
    return { value: Uint8Array.from(found.data), revision: found.seq }
  }

  async put(key: string, value: Uint8Array, revision: number | null): Promise<number | null> {
    const write = { stream: this.#stream, subject: this.#subject(key), bytes: Uint8Array.from(value), revision }
    return publishOnce(this.#link, write)
  }

  async delete(key: string): Promise<void> {
    const filter = this.#subject(key)
    await this.#link.patiently(() => this.#link.manager.streams.purge(this.#stream, { filter }))
  }

  async keys(prefix: string): Promise<string[]> {
    const query = { subjects_filter: this.#prefix + filterOfPrefix(prefix) }
    const { state } = await this.#link.patiently(() => this.#link.manager.streams.info(this.#stream, query))
    const keys = Object.keys(state.subjects ?? {}).map(subject => keyOfSubject(subject.slice(this.#prefix.length)))
    return keys.filter(key => key.startsWith(prefix)).sort()
  }

  #subject(key: string): string {
    return this.#prefix + subjectOfKey(key)
  }
}
