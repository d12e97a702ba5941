import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kind } from '@pulssi/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Embedded, openEmbedded } from '../embedded/index.js'
import { HistoryKeeper } from '../history/index.js'
import { Intake, SERVICE } from '../intake/index.js'
import { soleTenure, systemClock, type Tenure } from '../ports.js'
import { type Folded, PARTIALS, unpackPartial, Worker } from './index.js'

const NOW = Date.UTC(2026, 0, 5)
const KEY = [1, 2] as const

let folder = ''
let parts: Embedded
let workers: Worker[] = []
let verdicts: (Folded & { readonly epoch: number })[] = []
let told: { readonly epoch: number; readonly sequence: number; readonly isWhole: boolean }[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-tenure-'))
  parts = await openEmbedded(folder, { partitions: 2 })
  workers = []
  verdicts = []
  told = []
  parts.bus.subscribe(PARTIALS, bytes => told.push(unpackPartial(bytes)))
})
afterEach(async () => {
  for (const worker of workers) await worker.close()
  await parts.close()
  rmSync(folder, { recursive: true })
})

const newWorker = (): Worker => {
  const { log, store, bus } = parts
  const logger = pino({ level: 'silent' })
  const worker = new Worker({
    ...{ log, bus, logger, clock: systemClock, key: KEY },
    storeOf: () => store,
    imageMs: 3_600_000,
    history: new HistoryKeeper({ storeOf: () => store, logger, newPause: () => async () => {} }),
    onImage: async () => {},
    onFolded: (folded, { epoch }) => verdicts.push({ ...folded, epoch }),
    onSaid: () => {},
    onFatal: error => {
      throw error
    },
  })
  workers.push(worker)
  return worker
}

/** A tenure that can end. */
class Term implements Tenure {
  readonly name = 'partition/0'
  readonly owner = 'w'
  readonly epoch: number
  readonly #over = new AbortController()

  constructor(epoch: number) {
    this.epoch = epoch
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  get isHeld(): boolean {
    return !this.#over.signal.aborted
  }

  end(): void {
    this.#over.abort()
  }
}

let seq = 0
const append = async (): Promise<number> => {
  const intake = new Intake(KEY, 1, false)
  intake.batch([2, 1, null, ['cart'], [[`v${seq}`, 's', 0, NOW, [[Kind.enter, 0, 0]]]]], SERVICE, NOW)
  seq++
  return await parts.log.append(0, intake.take(0))
}

const toldOf = (epoch: number, sequence: number): Promise<unknown> =>
  expect.poll(() => told.some(one => one.epoch === epoch && one.sequence >= sequence)).toBe(true)

test('a partition that was left is served again by whoever takes it, from where its log stands', async () => {
  const [one, other] = [newWorker(), newWorker()]
  for (let epoch = 1; epoch <= 6; epoch++) {
    const worker = epoch % 2 === 0 ? one : other
    await append()
    const term = new Term(epoch)
    await worker.take(0, term)
    expect([worker.partitions, worker === one ? other.partitions : one.partitions]).toEqual([[0], []])
    const last = await append()
    await toldOf(epoch, last)
    expect(told.find(({ epoch: of }) => of === epoch)?.isWhole).toBe(true)
    await worker.storeImage(0)
    await worker.leave(0)
  }
  const { last } = await parts.log.bounds(0)
  // Each tenure read what was there, and told the verdicts of what came after.
  expect(verdicts.map(({ first, epoch }) => [first, epoch])).toEqual(
    Array.from({ length: 6 }, (_, i) => [2 * (i + 1), i + 1]),
  )
  expect(last).toBe(12)
})

test('nothing comes out of a tenure that is over, though its worker goes on', async () => {
  const [paused, next] = [newWorker(), newWorker()]
  const term = new Term(1)
  await paused.take(0, term)
  await toldOf(1, await append())
  term.end()
  const before = told.length
  await next.take(0, new Term(2))
  const last = await append()
  await toldOf(2, last)
  await expect.poll(() => paused.figures.visitors).toBeGreaterThan(0)
  await paused.storeImages()
  expect(told.slice(before).map(({ epoch }) => epoch)).not.toContain(1)
  expect(verdicts.filter(({ first }) => first === last).map(({ epoch }) => epoch)).toEqual([2])
  expect(await parts.store.blobs('image/')).toEqual([])
})

test('a partition that is given up while it is being taken is not served', async () => {
  const worker = newWorker()
  for (let i = 0; i < 3; i++) await append()
  const given = worker.take(0, soleTenure('partition/0'))
  const left = worker.leave(0)
  await expect(given).rejects.toThrow('served no more')
  await left
  const term = new Term(2)
  const over = worker.take(0, term)
  term.end()
  await expect(over).rejects.toThrow('served no more')
  expect(worker.partitions).toEqual([])
  await worker.take(0, new Term(3))
  expect(worker.partitions).toEqual([0])
})
