import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Closers } from './closers.js'
import { Calls, PointedStore } from './cluster/index.js'
import { type Config, natsOptions, toEngineConfig } from './config/index.js'
import { type Embedded, openEmbedded } from './embedded/index.js'
import type { EngineConfig } from './engine/index.js'
import { TimedLog } from './metrics/index.js'
import { type Nats, openNats } from './nats/index.js'
import { type Bus, type Clock, type Store, systemClock } from './ports.js'
import { layFoundation } from './worker/index.js'

/**
 * - `embedded`: this process has everything, in a folder of its own.
 * - `cluster`: others may do parts of the work. `raw` is the Store without regard to pointers and tenures.
 */
export type Form = EmbeddedForm | ClusterForm

export interface EmbeddedForm {
  readonly is: 'embedded'
  readonly embedded: Embedded
}

export interface ClusterForm {
  readonly is: 'cluster'
  readonly nats: Nats
  readonly raw: Store
  readonly owner: string
  readonly calls: Calls
}

/** What every part of a process stands on. */
export interface Ground {
  readonly config: Config
  readonly logger: Logger
  readonly clock: Clock
  readonly log: TimedLog
  readonly bus: Bus
  /** As readers see it. */
  readonly store: Store
  /** Of the id hashes. */
  readonly key: readonly [number, number]
  readonly form: Form
  readonly closers: Closers
  /** The engines or the log can't go on; what was acknowledged is safe in the log. */
  readonly onFatal: (error: Error) => void
}

export type EmbeddedGround = Ground & { readonly form: EmbeddedForm }
export type ClusterGround = Ground & { readonly form: ClusterForm }

export const isEmbedded = (ground: Ground): ground is EmbeddedGround => ground.form.is === 'embedded'
export const isCluster = (ground: Ground): ground is ClusterGround => ground.form.is === 'cluster'

export interface GroundOptions {
  readonly config: Config
  readonly logger: Logger
  readonly onFatal: (error: Error) => void
  readonly closers: Closers
  /** In place of the configuration's journey map. */
  readonly journey?: EngineConfig | undefined
  /** In place of the embedded adapters. */
  readonly open?: typeof openEmbedded | undefined
}

const NAME_BYTES = 6

const randomKey = (): [number, number] => {
  const bytes = randomBytes(8)
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)]
}

/** Of this process's life alone: whoever is started anew is somebody else. */
const newOwner = (): string => `${hostname()}-${process.pid}-${randomBytes(NAME_BYTES).toString('hex')}`

const openForm = async ({ config, logger, closers, onFatal, open = openEmbedded }: GroundOptions): Promise<Form> => {
  const { dataDir, partitions, nats: at } = config.server
  if (at === undefined) {
    const embedded = await open(dataDir, { partitions, warn: text => logger.warn(text) })
    closers.add(() => embedded.close())
    return { is: 'embedded', embedded }
  }
  const owner = newOwner()
  const nats = await openNats({
    ...natsOptions(config, owner),
    onError: (error, subject) => logger.warn({ err: error, subject }, 'a message between processes was not sent'),
    onWaiting: ({ message }) => logger.warn({ reason: message }, 'waits for the NATS servers'),
    onEnded: onFatal,
  })
  closers.add(() => nats.close())
  const calls = new Calls({ bus: nats.bus, owner, logger })
  closers.add(() => calls.close())
  return { is: 'cluster', nats, raw: nats.store, owner, calls }
}

/** Opens what is below, and makes sure of what the log begins with. Rejects with StartRefused, or as the adapters. */
export const layGround = async (options: GroundOptions): Promise<Ground> => {
  const { config, logger, onFatal, closers, journey = toEngineConfig(config) } = options
  const form = await openForm(options)
  const ports = form.is === 'embedded' ? form.embedded : form.nats
  const log = new TimedLog(ports.log)
  const store = form.is === 'embedded' ? form.embedded.store : new PointedStore(form.raw)
  const { key } = await layFoundation({ log, store, config: journey, clock: config.server.clock, randomKey })
  return { config, logger, clock: systemClock, log, bus: ports.bus, store, key, form, closers, onFatal }
}
