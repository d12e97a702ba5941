import { nuid } from '@nats-io/transport-node'
import { type Beginning, beginningOf } from './beginning.js'
import { FIRST_SEQ_VERSION } from './limits.js'
import type { Link } from './link.js'
import { boundsOf, logStreamConfig, type StreamLimits, streamInfo } from './log-stream.js'
import type { Names } from './names.js'

/** Something of the project is there already; nothing was changed. */
export class ProjectInUse extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ProjectInUse'
  }
}

/** The server can't take this backup; nothing was changed. */
export class ServerTooOld extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ServerTooOld'
  }
}

export interface SiteOptions extends StreamLimits {
  /** Sequence of the first entry of each partition. */
  readonly firsts: readonly number[]
}

const UNFINISHED = ', not all there yet: copy '

interface Found {
  readonly name: string
  readonly isLog: boolean
  /** How it says that it isn't finished, and whose it is; null: it doesn't. */
  readonly mark: string | null
  /** Something was written there once. */
  readonly isUsed: boolean
}

/**
 * The place of a project that is being made: its log's streams, and the buckets that belong to them. Each of the
 * streams says that it isn't finished, which no member takes for one of its own; they are made first, and those that say
 * so are taken away last.
 */
export class Site {
  readonly firsts: readonly number[]
  readonly #link: Link
  readonly #names: Names
  readonly #limits: StreamLimits
  /** Told from other copies of the same project by this. */
  readonly #mark = UNFINISHED + nuid.next()

  constructor(link: Link, names: Names, { firsts, replicas, streamBytes }: SiteOptions) {
    this.firsts = firsts
    this.#link = link
    this.#names = names
    this.#limits = {
      ...(replicas === undefined ? {} : { replicas }),
      ...(streamBytes === undefined ? {} : { streamBytes }),
    }
  }

  /** Throws ProjectInUse where something is there that may not be taken away. */
  async clear(project: string, isAgain: boolean): Promise<void> {
    const found = await this.#found()
    if (found.length === 0) return
    const isUnfinished = found.some(({ mark }) => mark !== null)
    if (!isUnfinished && found.some(({ isUsed }) => isUsed)) {
      throw new ProjectInUse(
        `the NATS server has streams of the project "${project}" (${found.map(({ name }) => name).join(', ')}): restore ` +
          'under another project name, or take them away first (nats stream rm)',
      )
    }
    if (!isAgain) {
      throw new ProjectInUse(
        isUnfinished
          ? `another restore of the project "${project}" is under way or was cut off: if none is, say --again to take ` +
              'away what it left and begin anew'
          : `the NATS server has streams of the project "${project}", with nothing in them: if no process of Pulssi runs ` +
              'on them, say --again to have them made anew',
      )
    }
    await this.#delete(found)
  }

  /** Throws where the server can't begin a log where it must. */
  async make(): Promise<void> {
    const { streams } = this.#link.manager
    for (const [partition, seq] of this.firsts.entries()) {
      const config = this.#config(partition)
      const beginning = this.#beginning(config.num_replicas, seq)
      const begun = beginning === 'configured' ? { first_seq: seq } : {}
      const described = { ...config, ...begun, description: config.description + this.#mark }
      await this.#link.patiently(() => streams.add(described))
      if (beginning === 'purged') await this.#link.patiently(() => streams.purge(config.name, { seq }))
      const { first } = boundsOf(await this.#link.patiently(() => streams.info(config.name)))
      if (first !== seq)
        throw new Error(`the NATS server begins the log of partition ${partition} at ${first}, not ${seq}`)
    }
  }

  #beginning(replicas: number, first: number): Exclude<Beginning, 'impossible'> {
    const { version = '' } = this.#link.connection.info ?? {}
    const beginning = beginningOf(version, replicas, first)
    if (beginning !== 'impossible') return beginning
    throw new ServerTooOld(
      `the log of this backup begins at entry ${first}, where a server of version ${version} can begin none that it keeps ` +
        `${replicas} copies of: restore with NATS ${FIRST_SEQ_VERSION} or newer, or with server.nats.replicas 1`,
    )
  }

  async finish(): Promise<void> {
    for (const partition of this.firsts.keys()) {
      const { name, description } = this.#config(partition)
      await this.#link.patiently(() => this.#link.manager.streams.update(name, { description }))
    }
  }

  /** Only what is ours: a member, or another copy, may have begun meanwhile, and then the buckets are theirs. */
  async takeAway(): Promise<void> {
    const found = await this.#found()
    const isOurs = ({ mark }: Found): boolean => mark === this.#mark
    const isAlone = found.filter(({ isLog }) => isLog).every(isOurs)
    await this.#delete(isAlone ? found : found.filter(isOurs))
  }

  #config(partition: number): ReturnType<typeof logStreamConfig> {
    return logStreamConfig(this.#names, partition, { ...this.#limits, partitions: this.firsts.length })
  }

  async #found(): Promise<Found[]> {
    const log = this.#names.logStream(0).slice(0, -1)
    const buckets = [`KV_${this.#names.values}`, `OBJ_${this.#names.blobs}`]
    return this.#link.patiently(async () => {
      const found: Found[] = []
      for await (const { config, state } of this.#link.manager.streams.list()) {
        const { name, description = '' } = config
        const isLog = name.startsWith(log) && /^\d+$/.test(name.slice(log.length))
        const at = description.indexOf(UNFINISHED)
        const mark = at < 0 ? null : description.slice(at)
        if (isLog || buckets.includes(name)) found.push({ name, isLog, mark, isUsed: state.last_seq > 0 })
      }
      return found
    })
  }

  async #delete(found: readonly Found[]): Promise<void> {
    const finished = found.filter(({ mark }) => mark === null)
    for (const { name } of [...finished, ...found.filter(({ mark }) => mark !== null)]) {
      await this.#link.patiently(async () => {
        if ((await streamInfo(this.#link, name)) !== null) await this.#link.manager.streams.delete(name)
      })
    }
  }
}
