import type { JetStreamAccountStats, StreamInfo } from '@nats-io/jetstream'
import { Kvm } from '@nats-io/kv'
import { Objm } from '@nats-io/obj'
import { type Asked, type Part, partsOf, type Step, stepOf } from './blueprint.js'
import { Link, type LinkOptions } from './link.js'
import { streamInfo } from './log-stream.js'
import { namesOf } from './names.js'
import { Values } from './values.js'

/** What a server says of itself. */
export interface ServerCard {
  readonly name: string
  readonly version: string
  readonly maxPayloadBytes: number
  /** null: it is alone. */
  readonly cluster: string | null
  /** Addresses of others of its cluster, as clients may use them. */
  readonly others: readonly string[]
}

/** A part of a project, as it stands there. */
export interface Surveyed {
  readonly part: Part
  /** null: it isn't there. */
  readonly info: StreamInfo | null
  readonly step: Step
}

/** The account that the credentials belong to; -1: no limit. */
export interface AccountCard {
  readonly streams: number
  readonly storageBytes: number
  readonly mostStreams: number
  readonly mostStorageBytes: number
}

export interface SurveyOptions extends Asked {
  readonly connection: LinkOptions
}

const LISTED = 8

const accountOf = ({ streams, storage, limits }: JetStreamAccountStats): AccountCard => ({
  streams,
  storageBytes: storage,
  mostStreams: limits.max_streams,
  mostStorageBytes: limits.max_storage,
})

/** Looks at what a project has on its servers, and changes what it is told to, no more. */
export class NatsSurvey {
  readonly #link: Link
  readonly #asked: Asked

  private constructor(link: Link, asked: Asked) {
    this.#link = link
    this.#asked = asked
  }

  /** Makes nothing. Rejects with NatsUnusable. */
  static async open({ connection, ...asked }: SurveyOptions): Promise<NatsSurvey> {
    return new NatsSurvey(await Link.open(connection), asked)
  }

  get server(): ServerCard {
    const { info } = this.#link.connection
    return {
      name: info?.server_name ?? '',
      version: info?.version ?? '',
      maxPayloadBytes: info?.max_payload ?? 0,
      cluster: info?.cluster ?? null,
      others: info?.connect_urls ?? [],
    }
  }

  /** Of JetStream in the account, as it is now. */
  async account(): Promise<AccountCard> {
    return accountOf(await this.#link.manager.getAccountInfo())
  }

  /** ms */
  roundTripMs(): Promise<number> {
    return this.#link.connection.rtt()
  }

  async parts(): Promise<Surveyed[]> {
    const parts = partsOf(this.#asked)
    const surveyed: Surveyed[] = []
    for (let at = 0; at < parts.length; at += LISTED) {
      const some = parts.slice(at, at + LISTED).map(async (part): Promise<Surveyed> => {
        const info = await streamInfo(this.#link, part.stream)
        return { part, info, step: stepOf(part, info?.config ?? null, this.#asked) }
      })
      surveyed.push(...(await Promise.all(some)))
    }
    return surveyed
  }

  /**
   * The server's clock less this one's, ms, and by how much that may be wrong; null: it doesn't say, or has no stream to
   * ask for.
   */
  async skew(now: () => number): Promise<{ readonly skewMs: number; readonly uncertainMs: number } | null> {
    const sentAt = now()
    const info = await streamInfo(this.#link, namesOf(this.#asked.project).logStream(0))
    const heardAt = now()
    const at = Date.parse(info?.ts ?? '')
    if (Number.isNaN(at)) return null
    return { skewMs: at - (sentAt + heardAt) / 2, uncertainMs: (heardAt - sentAt) / 2 }
  }

  /** The values of the project, to look at; their bucket must be there. */
  get values(): Pick<Values, 'get' | 'keys'> {
    return new Values(this.#link, namesOf(this.#asked.project).values)
  }

  /** Makes what isn't there, or changes what is there; nothing of what fits, and of what is wrong. */
  async apply({ part, step }: Surveyed): Promise<void> {
    const { manager, jetstream } = this.#link
    const { replicas = 1 } = this.#asked
    switch (step.is) {
      case 'fits':
      case 'wrong':
        return
      case 'change':
        await manager.streams.update(part.stream, step.update)
        return
      case 'make':
        if (part.is === 'log') await manager.streams.add(part.config)
        else if (part.is === 'values') await new Kvm(jetstream).create(part.bucket, { history: 1, replicas })
        else await new Objm(jetstream).create(part.bucket, { replicas })
    }
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}
