import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kind } from '@pulssi/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Embedded, openEmbedded } from '../embedded/index.js'
import { IdHash, View } from '../engine/index.js'
import { HistoryKeeper } from '../history/index.js'
import { Intake, SERVICE } from '../intake/index.js'
import { type Store, systemClock } from '../ports.js'
import { PARTIALS, unpackPartial, Worker } from './index.js'

const NOW = Date.UTC(2026, 0, 5)
const KEY = [1, 2] as const

let folder = ''
let embedded: Embedded
let kept: (readonly number[])[] = []
let workers: Worker[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-worker-'))
  embedded = await openEmbedded(folder, { partitions: 1 })
  kept = []
  workers = []
})
afterEach(async () => {
  for (const worker of workers) await worker.close()
  await embedded.close()
  rmSync(folder, { recursive: true })
})

const start = async (store: Store = embedded.store): Promise<Worker> => {
  const { log, bus } = embedded
  const worker = await Worker.start({
    log,
    storeOf: () => store,
    bus,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    key: KEY,
    imageMs: 3_600_000,
    history: new HistoryKeeper({
      storeOf: () => embedded.store,
      logger: pino({ level: 'silent' }),
      newPause: () => async () => {},
    }),
    onImage: async (_, __, sequences) => {
      kept.push(sequences)
    },
    onFolded: () => {},
    onSaid: () => {},
    onFatal: error => {
      throw error
    },
  })
  workers.push(worker)
  return worker
}

let seq = 0
const append = async (visitor: string): Promise<void> => {
  const intake = new Intake(KEY, 1, false)
  intake.batch([2, 1, null, ['cart'], [[visitor, 's', seq++, NOW, [[Kind.enter, 0, 0]]]]], SERVICE, NOW)
  await embedded.log.append(0, intake.take(0))
}

/** What the board would show, once the worker has told all that is durable. */
const entered = async (): Promise<number> => {
  const { last } = await embedded.log.bounds(0)
  const view = new View(1)
  return await new Promise(resolve => {
    const stop = embedded.bus.subscribe(PARTIALS, bytes => {
      const { sequence, bytes: partial } = unpackPartial(bytes)
      if (partial.length > 0) view.absorb(0, partial, NOW)
      if (sequence < last) return
      stop()
      resolve(view.pulse('cart', 'total', NOW).visits.entered)
    })
  })
}

describe('the worker', () => {
  test('stores images of what changed, keeps two, and starts from the newest', async () => {
    const worker = await start()
    for (const visitor of ['v1', 'v2', 'v3']) {
      await append(visitor)
      await worker.storeImages()
      await worker.storeImages()
    }
    expect(kept.map(sequences => sequences.length)).toEqual([1, 2, 2])
    await worker.close()
    workers = []
    await append('v4')
    const counting = entered()
    await start()
    expect(await counting).toBe(4)
  })

  test('goes on where an image can’t be stored', async () => {
    const { store } = embedded
    let full = true
    const failing: Store = Object.create(store, {
      putBlob: {
        value: async (...args: Parameters<Store['putBlob']>) => {
          if (!full) return await store.putBlob(...args)
          for await (const _ of args[1]) throw new Error('no space left')
        },
      },
      blobs: { value: store.blobs.bind(store) },
      getBlob: { value: store.getBlob.bind(store) },
      get: { value: store.get.bind(store) },
      deleteBlob: { value: store.deleteBlob.bind(store) },
    })
    const worker = await start(failing)
    await append('v1')
    await expect(worker.storeImages()).rejects.toThrow('no space left')
    await append('v2')
    full = false
    await worker.storeImages()
    expect(kept).toEqual([[2]])
    const { hi, lo } = new IdHash(KEY).of('v2')
    expect(await worker.subject(0, hi, lo)).toMatchObject({ trail: [{ touchpoint: 'cart' }] })
    const { hi: otherHi, lo: otherLo } = new IdHash(KEY).of('v9')
    expect(await worker.subject(0, otherHi, otherLo)).toBe(null)
  })
})
