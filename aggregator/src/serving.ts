import { Words } from './asks/index.js'
import { Board } from './board/index.js'
import { SubjectElsewhere } from './cluster/index.js'
import { View } from './engine/index.js'
import { Frontier, lastOf } from './frontier.js'
import {
  Access,
  Appender,
  DayIdentity,
  Door,
  type Gateway,
  type HistoryRoute,
  type Limits,
  SETTLE_MS,
  Sockets,
  Ticker,
} from './gateway/index.js'
import { type Ground, isCluster, isEmbedded } from './ground.js'
import { type Leaving, RemoteLeaving } from './history/index.js'
import { Intake } from './intake/index.js'
import { telling } from './kept.js'
import type { Tally } from './metrics/index.js'
import { operated } from './operated.js'
import { Gate, type Operations, type OperationsOptions } from './ops/index.js'
import { openSpeaking, type Speaking } from './speaking.js'
import { FOLDED, unpackFolded } from './worker/index.js'
import type { Working } from './working.js'

/** Between two looks at which entries are folded though nobody said so. */
const FOLDED_LOOK_MS = 1_000
/** Longest that a gateway waits at its start for the engines of a cluster. */
const BEGIN_MS = 10_000
/** A partition of which nothing is heard for so long is stale; one process alone hears itself. */
const SILENT_MS = 2_000

/** Shows what the partials of all partitions say. */
export const openBoard = ({ log, bus, clock, logger, closers, ...ground }: Ground): Board => {
  const onError = (error: unknown): void => logger.error({ err: error }, 'an update of the board failed')
  const silentMs = ground.form.is === 'cluster' ? SILENT_MS : Number.POSITIVE_INFINITY
  const board = new Board({ view: new View(log.partitions), bus, clock, onError, silentMs })
  closers.add(() => board.close())
  return board
}

/** Where what comes in goes: open before any engine runs, so that no verdict is missed. */
export interface Intaking {
  readonly intake: Intake
  readonly appender: Appender
}

export const openIntake = async (
  ground: Ground,
  board: Board,
  { tally }: Gateway,
  limits: Limits,
): Promise<Intaking> => {
  const { config, log, key, logger, closers, bus } = ground
  const isData = config.server.clock === 'data'
  const intake = new Intake(key, log.partitions, isData, (code, count) => tally.refusedEvents.add(code, count))
  const durable = await lastOf(log)
  const appender = new Appender({ log, intake, limits, logger, tally, durable })
  if (isEmbedded(ground)) return { intake, appender }
  const unsubscribe = bus.subscribe(FOLDED, (bytes, subject) => {
    const told = unpackFolded(subject, bytes)
    if (told !== null) appender.folded(told.folded)
  })
  const looking = setInterval(() => {
    appender.foldedThrough(board.partitions().map(({ sequence }) => sequence))
  }, FOLDED_LOOK_MS)
  closers.add(() => {
    unsubscribe()
    clearInterval(looking)
  })
  return { intake, appender }
}

export interface ServingOptions extends Intaking {
  readonly ground: Ground
  readonly gateway: Gateway
  readonly board: Board
  readonly limits: Limits
  /** null: the engines run elsewhere. */
  readonly working: Working | null
}

/** What answers clients, beside the alerts. */
export interface Serving extends Omit<Speaking, 'listen'> {
  readonly access: Access
  readonly words: Words
  readonly door: Door
  readonly days: DayIdentity
  readonly sockets: Sockets
  readonly history: HistoryRoute
  readonly operations: Operations
  /** Resolves once the board shows what is durable now, or it was waited for long enough. */
  readonly settle: () => Promise<void>
  /** The same at the start, where engines elsewhere may have to read their log first. */
  readonly begun: () => Promise<void>
  readonly tally: Tally
}

export const openServing = async (options: ServingOptions): Promise<Serving> => {
  const { ground, gateway, board, limits, intake, appender } = options
  const { config, log, store, clock, logger, closers } = ground
  const { clock: mode, host, hosts } = config.server
  const { addresses, proxies, tally } = gateway
  closers.add(() => appender.drain())
  const access = new Access(config, () => limits.secretsPerAddressPerSecond)
  const words = new Words(config)
  const door = new Door({ access, hosts: [host, ...hosts] })
  const destroy = isEmbedded(ground) ? () => ground.form.embedded.store.compact() : async () => {}
  const days = await DayIdentity.open(store, clock, destroy)
  const ticker = new Ticker({ appender, intake, days, clock, mode, logger })
  closers.add(() => ticker.close())
  const frontier = new Frontier(log)
  const reach = async (withinMs: number, isWanted: (partition: number) => boolean): Promise<boolean> => {
    await ticker.catchUp()
    if (isEmbedded(ground)) return await board.reached(appender.durable, withinMs)
    const durable = await frontier.ask(withinMs)
    if (durable === null) return false
    const targets = durable.map((last, partition) => (isWanted(partition) ? last : 0))
    return await board.reached(targets, withinMs)
  }
  /** Partitions that nobody served when somebody waited for them in vain: until that changes, nobody else does. */
  let givenUp = new Set<number>()
  const settle = async (): Promise<void> => {
    const stale = board.stale()
    givenUp = new Set(stale.filter(partition => givenUp.has(partition)))
    if (!(await reach(SETTLE_MS, partition => !givenUp.has(partition)))) givenUp = new Set(board.stale())
  }
  const begun = async (): Promise<void> => {
    const isThere = await reach(isEmbedded(ground) ? SETTLE_MS : BEGIN_MS, () => true)
    if (!isThere) logger.warn('some partitions are served by nobody, or still read their log: the board begins without')
    listen(sockets)
  }
  const { listen, ...speaking } = openSpeaking({ ground, gateway, board, limits, words })
  const around = { access, addresses, days, appender, board, limits, clock, tally, ...speaking }
  const sockets = new Sockets(around, door, proxies, logger)
  closers.add(() => sockets.close())
  const leaving = leavingOf(options)
  const history = telling({ access, board, store, leaving, partitions: log.partitions, logger, settle })
  const operations = operated({ ...operable(options), appender, settle, clock, key: ground.key })
  closers.add(() => operations.close())
  return { access, words, door, days, sockets, history, operations, settle, begun, tally, ...speaking }
}

const leavingOf = ({ ground, working }: ServingOptions): Leaving => {
  if (isCluster(ground)) return new RemoteLeaving(ground.form.calls)
  if (working === null) throw new Error('an embedded server has its engines')
  return working.keeper
}

const operable = ({
  ground,
  working,
}: ServingOptions): Pick<OperationsOptions, 'log' | 'store' | 'gate' | 'storeImages' | 'stateOf'> => {
  if (isEmbedded(ground) && working !== null) {
    const { worker, gate } = working
    const { log, store } = ground.form.embedded
    return {
      ...{ log, store, gate },
      storeImages: () => worker.storeImages(),
      stateOf: (...visitor) => worker.subject(...visitor),
    }
  }
  if (!isCluster(ground)) throw new Error('an embedded server has its engines')
  const { log, store, form } = ground
  const elsewhere = new SubjectElsewhere(form.calls)
  return {
    ...{ log, store },
    gate: working?.gate ?? new Gate(),
    // Workers store theirs in their own time; what came since is in the log.
    storeImages: async () => {},
    stateOf: (...visitor) => elsewhere.stateOf(...visitor),
  }
}
