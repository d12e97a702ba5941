import { digest, Engine, View } from '@pulssi/aggregator/engine'
import { pino } from 'pino'
import { type Embedded, openEmbedded } from '../../aggregator/src/embedded/index.js'
import { HistoryKeeper } from '../../aggregator/src/history/index.js'
import { systemClock } from '../../aggregator/src/ports.js'
import { readImage } from '../../aggregator/src/worker/image.js'
import { layFoundation, Worker } from '../../aggregator/src/worker/index.js'
import { imageKey, ListedShelf } from '../../aggregator/src/worker/shelf.js'
import type { Run } from '../sim/generate.js'

/** Small, so that a short story fills several segments. */
export const SEGMENT_BYTES = 4_096
/** Images are taken when the story says so. */
const NEVER_MS = 1e12

export interface Running {
  readonly parts: Embedded
  readonly worker: Worker
  close(): Promise<void>
}

/** The parts of a server that hold data, started as a server starts them. */
export const start = async (dataDir: string, { world, key }: Run): Promise<Running> => {
  const limits = { segmentBytes: SEGMENT_BYTES }
  const parts = await openEmbedded(dataDir, { partitions: world.partitions, limits, warn: () => {} })
  try {
    const { log, store, bus } = parts
    const clock = world.dataClock ? 'data' : 'wall'
    const randomKey = (): [number, number] => [key[0], key[1]]
    const { key: found } = await layFoundation({ log, store, config: world.config, clock, randomKey })
    const worker = await Worker.start({
      log,
      storeOf: () => store,
      bus,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      key: found,
      imageMs: NEVER_MS,
      history: new HistoryKeeper({
        storeOf: () => store,
        logger: pino({ level: 'silent' }),
        newPause: () => async () => {},
      }),
      onImage: async () => {},
      onFolded: () => {},
      onSaid: () => {},
      onFatal: error => {
        throw new Error('a start that fails is refused, and ends nothing', { cause: error })
      },
    })
    const close = async (): Promise<void> => {
      await worker.close()
      await parts.close()
    }
    return { parts, worker, close }
  } catch (error) {
    await parts.close()
    throw error
  }
}

/** What a running one serves: the journey over all time, and the digest of everything that it holds. */
export const numbersOf = async ({ parts, worker }: Running): Promise<string> => {
  await worker.storeImages()
  const engines: Engine[] = []
  const view = new View(parts.log.partitions)
  for (let partition = 0; partition < parts.log.partitions; partition++) {
    const [newest = 0] = await new ListedShelf(parts.store, partition).sequences()
    const blob = await parts.store.getBlob(imageKey(partition, newest))
    if (blob === null) throw new Error(`partition ${partition} has no image`)
    const engine = Engine.restore((await readImage(blob)).chunks)
    engines.push(engine)
    const partial = engine.partial(true)
    if (partial !== null) view.absorb(partition, partial, 0)
  }
  return JSON.stringify({ journey: view.journey('total', 0), digest: digest(engines) })
}

/** Starts on a folder, asks and ends. Rejects as the start does. */
export const numbersIn = async (dataDir: string, run: Run): Promise<string> => {
  const running = await start(dataDir, run)
  try {
    return await numbersOf(running)
  } finally {
    await running.close()
  }
}
