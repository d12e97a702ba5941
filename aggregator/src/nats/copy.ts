import type { EventLog, Store } from '../ports.js'
import { Site, type SiteOptions } from './copy-site.js'
import { COPY_ACK_MS } from './limits.js'
import { Link } from './link.js'
import { boundsOf } from './log-stream.js'
import { type Names, namesOf } from './names.js'
import { NatsStore, type NatsStoreOptions } from './store.js'

export interface CopyOptions extends SiteOptions, NatsStoreOptions {
  /** Takes away what an earlier copy of the project left unfinished, or streams that nothing was ever written to. */
  readonly isAgain?: boolean
}

/** A writer's part of the subject, which no member has: theirs are random. */
const WRITER = 'copy'

/**
 * A project that is made anew from what another place held. Until `finish` its streams say that they aren't finished,
 * so that no member starts on a part of it, whenever this process ends.
 */
export class NatsCopy {
  readonly store: Store
  readonly #link: Link
  readonly #names: Names
  readonly #site: Site
  /** Sequence of the entry of each partition that was appended last. */
  readonly #appended: number[]

  private constructor(link: Link, store: Store, names: Names, site: Site) {
    this.#link = link
    this.store = store
    this.#names = names
    this.#site = site
    this.#appended = site.firsts.map(first => first - 1)
  }

  /** Rejects with ProjectInUse, or where the server doesn't fit; nothing is left behind then. */
  static async open(options: CopyOptions): Promise<NatsCopy> {
    const names = namesOf(options.project)
    const link = await Link.open(options.connection)
    try {
      const site = new Site(link, names, options)
      await site.clear(options.project, options.isAgain === true)
      try {
        await site.make()
        return new NatsCopy(link, await NatsStore.open(options), names, site)
      } catch (error) {
        await site.takeAway().catch(() => undefined)
        throw error
      }
    } catch (error) {
      await link.close()
      throw error
    }
  }

  /** For one writer; entries may be appended without waiting for those before them. */
  get log(): Pick<EventLog, 'append' | 'bounds'> {
    return {
      append: (partition, bytes) => this.#append(partition, bytes),
      bounds: async partition => boundsOf(await this.#link.manager.streams.info(this.#names.logStream(partition))),
    }
  }

  /** Gives the project to its members. Where it rejects, all is there, and still nobody takes it: begin again. */
  async finish(): Promise<void> {
    await this.#site.finish()
  }

  /** Takes all of it away again; to be called before `finish` alone. */
  async undo(): Promise<void> {
    await this.#site.takeAway()
  }

  async close(): Promise<void> {
    await this.store.close()
    await this.#link.close()
  }

  /** Nobody else writes: what isn't stored under the sequence that is next shows that an entry was lost, or came twice. */
  async #append(partition: number, bytes: Uint8Array): Promise<number> {
    const { messageBytes, jetstream } = this.#link
    if (bytes.length > messageBytes) {
      throw new RangeError(`an entry of ${bytes.length} bytes; ${messageBytes} the server takes: raise its max_payload`)
    }
    const sequence = (this.#appended[partition] ?? 0) + 1
    this.#appended[partition] = sequence
    const subject = this.#names.logSubject(partition, WRITER)
    const options = { timeout: COPY_ACK_MS, retries: 0 }
    const { seq } = await this.#link.during(() => jetstream.publish(subject, bytes, options))
    if (seq === sequence) return seq
    throw new Error(`entry ${sequence} of partition ${partition} was stored as ${seq}: the copy is not the same`)
  }
}
