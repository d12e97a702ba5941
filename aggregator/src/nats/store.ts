import { Kvm } from '@nats-io/kv'
import { Objm } from '@nats-io/obj'
import { type Clock, type Store, systemClock } from '../ports.js'
import { Blobs } from './blobs.js'
import { Link, type LinkOptions } from './link.js'
import { namesOf } from './names.js'
import { Values } from './values.js'

export interface NatsStoreOptions {
  readonly connection: LinkOptions
  readonly project: string
  /** Of the buckets that are made; those that are there stay as they are. Default 1. */
  readonly replicas?: number
  readonly clock?: Clock
}

/** Store in JetStream: values in a key-value bucket (1 MiB each at most), blobs in an object store. */
export class NatsStore implements Store {
  readonly #link: Link
  readonly #values: Values
  readonly #blobs: Blobs

  private constructor(link: Link, values: Values, blobs: Blobs) {
    this.#link = link
    this.#values = values
    this.#blobs = blobs
  }

  /** Makes the buckets that aren't there. Rejects where the server doesn't fit. */
  static async open({ connection, project, replicas = 1, clock = systemClock }: NatsStoreOptions): Promise<NatsStore> {
    const names = namesOf(project)
    const link = await Link.open(connection)
    try {
      await link.patiently(() => new Kvm(link.jetstream).create(names.values, { history: 1, replicas }))
      await link.patiently(() => new Objm(link.jetstream).create(names.blobs, { replicas }))
      return new NatsStore(link, new Values(link, names.values), await Blobs.open(link, names.blobs, clock))
    } catch (error) {
      await link.close()
      throw error
    }
  }

  get(key: string): Promise<{ value: Uint8Array; revision: number } | null> {
    return this.#values.get(key)
  }

  /** Rejects where no server answers for long; whether the value is stored isn't known then. */
  put(key: string, value: Uint8Array, revision: number | null): Promise<number | null> {
    return this.#values.put(key, value, revision)
  }

  delete(key: string): Promise<void> {
    return this.#values.delete(key)
  }

  keys(prefix: string): Promise<string[]> {
    return this.#values.keys(prefix)
  }

  putBlob(key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    return this.#blobs.put(key, chunks)
  }

  getBlob(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    return this.#blobs.get(key)
  }

  deleteBlob(key: string): Promise<void> {
    return this.#blobs.delete(key)
  }

  blobs(prefix: string): Promise<string[]> {
    return this.#blobs.keys(prefix)
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}
