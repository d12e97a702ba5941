import { createHash } from 'node:crypto'
import type { StoredMsg } from '@nats-io/jetstream'
import type { ObjectInfo } from '@nats-io/obj'
import { nuid } from '@nats-io/transport-node'
import { type Clock, DamagedBlob } from '../ports.js'
import { ACK_MS, CHUNK_BYTES, ORPHAN_MS } from './limits.js'
import type { Link } from './link.js'
import { keyOfSubject, subjectOfKey } from './names.js'
import { publishOnce } from './once.js'
import { rechunk } from './rechunk.js'

/** An object store's description of an object, as far as we write it. */
type Info = Pick<ObjectInfo, 'name' | 'bucket' | 'nuid' | 'size' | 'chunks' | 'digest' | 'mtime' | 'deleted'>

type Chunk = Pick<StoredMsg, 'data' | 'seq'>

const nameOf = (key: string): string =>
  Buffer.from(subjectOfKey(key)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
const keyOf = (name: string): string => keyOfSubject(Buffer.from(name, 'base64url').toString())

/** As other clients write it: base64url with its padding. */
const digestOf = (hash: Buffer): string =>
  `SHA-256=${hash.toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`

/**
 * Blobs in an object store's own format. A blob is replaced by one message that names its chunks, once all of them are
 * stored; the client's own `put` takes the chunks away when it hears no answer to that message, though it may be there.
 */
export class Blobs {
  readonly #link: Link
  readonly #bucket: string
  readonly #stream: string
  readonly #clock: Clock

  private constructor(link: Link, bucket: string, clock: Clock) {
    this.#link = link
    this.#clock = clock
    this.#bucket = bucket
    this.#stream = `OBJ_${bucket}`
  }

  /** Also takes away the chunks that a process left behind when it died. */
  static async open(link: Link, bucket: string, clock: Clock): Promise<Blobs> {
    const blobs = new Blobs(link, bucket, clock)
    await blobs.#sweep(await blobs.keys(''))
    return blobs
  }

  /** Rejects with what `chunks` threw, and where the server goes away; the old blob is there then. */
  async put(key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const subject = this.#subjectOf(key)
    const old = await this.#info(key)
    const id = nuid.next()
    let info: Info
    try {
      info = { name: subjectOfKey(key), bucket: this.#bucket, nuid: id, ...(await this.#store(id, chunks)) }
    } catch (error) {
      await this.#dropChunks(id).catch(() => undefined)
      throw error
    }
    const bytes = Buffer.from(JSON.stringify(info))
    await publishOnce(this.#link, { stream: this.#stream, subject, bytes, revision: null, rollsUp: true })
    // What stays behind where this fails is swept later.
    if (old !== null) await this.#dropChunks(old.nuid).catch(() => undefined)
  }

  async get(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    return (await this.#info(key)) === null ? null : { [Symbol.asyncIterator]: () => this.#read(key) }
  }

  async delete(key: string): Promise<void> {
    const filter = this.#subjectOf(key)
    const info = await this.#info(key)
    // The name first: a name without its chunks would be a damaged blob.
    await this.#link.patiently(() => this.#link.manager.streams.purge(this.#stream, { filter }))
    if (info !== null) await this.#dropChunks(info.nuid)
  }

  async keys(prefix: string): Promise<string[]> {
    const keys = (await this.#tokens('M')).map(keyOf)
    return keys.filter(key => key.startsWith(prefix)).sort()
  }

  async #store(
    id: string,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<Omit<Info, 'name' | 'bucket' | 'nuid'>> {
    const hash = createHash('sha256')
    let [size, count, lastSubjectSequence] = [0, 0, 0]
    for await (const chunk of rechunk(chunks, CHUNK_BYTES)) {
      hash.update(chunk)
      const options = { expect: { lastSubjectSequence }, timeout: ACK_MS }
      const ack = await this.#link.during(() => this.#link.jetstream.publish(this.#chunksOf(id), chunk, options))
      lastSubjectSequence = ack.seq
      size += chunk.length
      count++
    }
    const mtime = new Date(this.#clock.now()).toISOString()
    return { size, chunks: count, digest: digestOf(hash.digest()), mtime, deleted: false }
  }

  async *#read(key: string): AsyncGenerator<Uint8Array> {
    let info = await this.#info(key)
    for (let isFirst = true; info !== null && !info.deleted; isFirst = false) {
      const { nuid: id, chunks } = info
      const first = chunks > 0 ? await this.#chunk(id, 0) : null
      if (chunks === 0 || first !== null) return yield* this.#rest(key, info, first)
      // Replaced between the two lookups: the new one is as good.
      info = await this.#info(key)
      if (info?.nuid === id && !isFirst) break
    }
    throw new DamagedBlob(`the blob ${key} is gone`)
  }

  async *#rest(key: string, info: Info, first: Chunk | null): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256')
    let chunk = first
    for (let count = 0; count < info.chunks; count++) {
      if (chunk === null) throw new DamagedBlob(`the blob ${key} lacks a chunk: it may have been replaced meanwhile`)
      hash.update(chunk.data)
      yield chunk.data
      if (count + 1 < info.chunks) chunk = await this.#chunk(info.nuid, chunk.seq)
    }
    if (digestOf(hash.digest()) !== info.digest)
      throw new DamagedBlob(`the blob ${key} is damaged: its checksum differs`)
  }

  /** Chunks whose blob isn't named, and that nobody has been adding to for long. */
  async #sweep(keys: readonly string[]): Promise<void> {
    const named = new Set<string>()
    for (const key of keys) named.add((await this.#info(key))?.nuid ?? '')
    for (const id of await this.#tokens('C')) {
      if (named.has(id)) continue
      const last = await this.#get({ last_by_subj: this.#chunksOf(id) })
      if (last !== null && this.#clock.now() - last.time.getTime() > ORPHAN_MS) await this.#dropChunks(id)
    }
  }

  async #tokens(kind: 'M' | 'C'): Promise<string[]> {
    const prefix = `$O.${this.#bucket}.${kind}.`
    const query = { subjects_filter: `${prefix}>` }
    const { state } = await this.#link.patiently(() => this.#link.manager.streams.info(this.#stream, query))
    return Object.keys(state.subjects ?? {}).map(subject => subject.slice(prefix.length))
  }

  async #info(key: string): Promise<Info | null> {
    return (await this.#get({ last_by_subj: this.#subjectOf(key) }))?.json<Info>() ?? null
  }

  /**
   * Any replica may tell a chunk, as bytes and so at a fifth of the cost: what it has never changes. One that has not
   * got it yet, or a bucket that allows no such reads, leads to the stream's leader.
   */
  async #chunk(id: string, after: number): Promise<Chunk | null> {
    const query = { seq: after + 1, next_by_subj: this.#chunksOf(id) }
    const { direct } = this.#link.manager
    const found = await this.#link.during(() => direct.getMessage(this.#stream, query)).catch(() => null)
    return found ?? this.#get(query)
  }

  #get(query: { last_by_subj: string } | { seq: number; next_by_subj: string }): Promise<StoredMsg | null> {
    return this.#link.patiently(() => this.#link.manager.streams.getMessage(this.#stream, query))
  }

  async #dropChunks(id: string): Promise<void> {
    const filter = this.#chunksOf(id)
    await this.#link.patiently(() => this.#link.manager.streams.purge(this.#stream, { filter }))
  }

  #subjectOf(key: string): string {
    return `$O.${this.#bucket}.M.${nameOf(key)}`
  }

  #chunksOf(id: string): string {
    return `$O.${this.#bucket}.C.${id}`
  }
}
