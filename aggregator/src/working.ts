import type { Logger } from 'pino'
import { answerSubject, FencedStore, PointedShelf, Tenancy } from './cluster/index.js'
import type { ClusterGround, EmbeddedGround } from './ground.js'
import { answerHistory, type HistoryKeeper } from './history/index.js'
import { keeping } from './kept.js'
import { retaining } from './operated.js'
import { Gate } from './ops/index.js'
import { Fenced, type Store, type Tenure } from './ports.js'
import {
  type Folded,
  foldedSubject,
  onWanted,
  PacedBus,
  packFolded,
  packSaid,
  saidSubject,
  Worker,
} from './worker/index.js'

/** Partitions that this process serves: all of an embedded server, those that a worker of a cluster has leased. */
export interface Working {
  readonly worker: Worker
  readonly keeper: HistoryKeeper
  /** Operations that count on the log's staying as it is. */
  readonly gate: Gate
  /** null: it is alone and has all. */
  readonly tenancy: Tenancy | null
  /** Gives back what is leased, so that others go on at once; nothing where it is alone. */
  drain(): Promise<void>
}

export type OnFolded = (folded: Folded) => void

/** How long an image is waited for before a partition is given to another worker, which else reads more of the log. */
const MOVE_IMAGE_MS = 1_500
const DRAIN_IMAGE_MS = 5_000
const PARTITION = 'partition/'

/** Serves all partitions, for good. Rejects with StartRefused. */
export const workAlone = async (ground: EmbeddedGround, onFolded: OnFolded): Promise<Working> => {
  const { config, log, bus, clock, logger, key, store, onFatal, form, closers } = ground
  const { retentionHours, imageSeconds } = config.server
  const gate = new Gate()
  const storeOf = (): Store => store
  const keeper = keeping(storeOf, logger)
  const paced = new PacedBus(bus)
  closers.add(() => paced.close())
  const worker = await Worker.start({
    ...{ log, bus: paced, clock, logger, key, storeOf, onFatal, onFolded },
    imageMs: imageSeconds * 1_000,
    history: keeper,
    onSaid: (partition, said) => bus.publish(saidSubject(partition), packSaid(said)),
    onImage: retaining({ log: form.embedded.log, storeOf, gate, logger, clock, retentionHours }),
  })
  closers.add(() => worker.close())
  closers.add(onWanted(bus, partition => worker.tellWhole(partition)))
  return { worker, keeper, gate, tenancy: null, drain: async () => {} }
}

/** Resolves once it is done, or it was waited for long enough. What fails is no reason not to go on. */
const atMost = async (ms: number, work: Promise<unknown>, logger: Logger): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  const failed = (error: unknown): void => logger.warn({ err: error }, 'no image was stored before leaving')
  await Promise.race([work.catch(failed), late])
  clearTimeout(timer)
}

const partitionOf = ({ name }: Tenure): number => Number(name.slice(PARTITION.length))

/** Takes its share of the partitions, and that of others that are gone. */
export const workAmongOthers = async (ground: ClusterGround): Promise<Working> => {
  const { config, log, bus, clock, logger, key, onFatal, closers } = ground
  const { raw, owner, calls } = ground.form
  const { retentionHours, imageSeconds } = config.server
  const gate = new Gate()
  const stores = new Map<number, Store>()
  const storeOf = (partition: number): Store => {
    const store = stores.get(partition)
    if (store === undefined) throw new Fenced(`partition ${partition} is not served here`)
    return store
  }
  const keeper = keeping(storeOf, logger)
  const paced = new PacedBus(bus)
  closers.add(() => paced.close())
  const worker = new Worker({
    ...{ log, bus: paced, clock, logger, key, storeOf, onFatal },
    imageMs: imageSeconds * 1_000,
    isLossy: true,
    shelfOf: (partition, tenure) => new PointedShelf(raw, partition, tenure),
    history: keeper,
    onImage: retaining({ log, storeOf, gate, logger, clock, retentionHours }),
    onSaid: (partition, said) => bus.publish(saidSubject(partition), packSaid(said)),
    onFolded: (folded, { epoch }) => bus.publish(foldedSubject(folded.partition), packFolded(epoch, folded)),
  })
  closers.add(() => worker.close())
  closers.add(onWanted(bus, partition => worker.tellWhole(partition)))
  const answering = new Map<number, () => void>()
  const tenancy = await Tenancy.open({
    ...{ store: raw, bus, clock, logger, owner, role: 'worker' },
    names: Array.from({ length: log.partitions }, (_, partition) => PARTITION + partition),
    onTake: async tenure => {
      const partition = partitionOf(tenure)
      stores.set(partition, new FencedStore(raw, tenure))
      await worker.take(partition, tenure).catch((error: unknown) => {
        stores.delete(partition)
        throw error
      })
      const ends = [answerHistory(calls, keeper, partition, tenure), answerSubject(calls, worker, partition, tenure)]
      answering.set(partition, () => {
        for (const end of ends) end()
      })
    },
    onLeave: async (tenure, why) => {
      const partition = partitionOf(tenure)
      if (why === 'moved') await atMost(MOVE_IMAGE_MS, worker.storeImage(partition), logger)
      answering.get(partition)?.()
      answering.delete(partition)
      await worker.leave(partition)
      stores.delete(partition)
    },
  })
  closers.add(() => tenancy.close())
  let draining: Promise<void> | null = null
  const drain = (): Promise<void> => {
    // Still serving while images are stored: whoever is next has the less to read.
    draining ??= atMost(DRAIN_IMAGE_MS, worker.storeImages(), logger).then(() => tenancy.drain())
    return draining
  }
  closers.add(drain)
  return { worker, keeper, gate, tenancy, drain }
}
