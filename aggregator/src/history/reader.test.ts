import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kind } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Board } from '../board/index.js'
import { type Embedded, openEmbedded } from '../embedded/index.js'
import { Engine, RecordWriter, View } from '../engine/index.js'
import { type Store, systemClock } from '../ports.js'
import { packPartial, partialSubject } from '../worker/partial.js'
import { HistoryKeeper } from './keeper.js'
import { HISTORY_ROWS, READS_WAITING } from './limits.js'
import { HistoryBusy, type HistoryQuery, HistoryReader, NotStored, TooManyRows } from './reader.js'
import { type Zone, zoneOf } from './zone.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Not on the hour, so that slices leave in the middle of one. */
const START = Date.UTC(2026, 0, 5, 6, 20)
const UTC = zoneOf('UTC') as Zone
const logger = pino({ level: 'silent' })
const newPause = () => async (): Promise<void> => {}
const UNHEARD = { verdict() {}, refused() {} }

let folder = ''
let embedded: Embedded
let board: Board
let engine: Engine
let keeper: HistoryKeeper
let departed: ReturnType<Engine['noteDeparted']>
let sequence = 0
/** What left the engine, in the order in which it did. */
let pieces: { readonly bytes: Uint8Array; readonly through: number }[] = []
/** Runs after the next blob was stored. */
let afterPut: () => Promise<void> = async () => {}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-past-'))
  embedded = await openEmbedded(folder, { partitions: 1 })
  const onError = (error: unknown): void => {
    throw error
  }
  board = new Board({ view: new View(1), bus: embedded.bus, clock: systemClock, onError })
  engine = new Engine([1, 2])
  departed = engine.noteDeparted()
  sequence = 0
  pieces = []
  afterPut = async () => {}
  const store: Store = Object.create(embedded.store, {
    putBlob: {
      value: async (...args: Parameters<Store['putBlob']>) => {
        await embedded.store.putBlob(...args)
        const then = afterPut
        afterPut = async () => {}
        await then()
      },
    },
    get: { value: embedded.store.get.bind(embedded.store) },
    put: { value: embedded.store.put.bind(embedded.store) },
    delete: { value: embedded.store.delete.bind(embedded.store) },
    keys: { value: embedded.store.keys.bind(embedded.store) },
    getBlob: { value: embedded.store.getBlob.bind(embedded.store) },
    blobs: { value: embedded.store.blobs.bind(embedded.store) },
    deleteBlob: { value: embedded.store.deleteBlob.bind(embedded.store) },
  })
  keeper = new HistoryKeeper({ storeOf: () => store, logger, newPause })
})
afterEach(async () => {
  board.close()
  await embedded.close()
  rmSync(folder, { recursive: true })
})

/** Somebody enters somewhere at each of these times. What leaves goes to the keeper, as a folder would hand it over. */
const enter = (...times: number[]): void => {
  const out = new RecordWriter()
  for (const at of times) {
    const group = { receivedAt: at, base: at, dataClock: false, page: false, bot: false, hasStream: false }
    out.begin({ ...group, visitorHi: sequence, visitorLo: at % 9973, streamHi: 0, streamLo: 0, seq: 0 })
    out.event(Kind.enter, out.place(`t${at % 3}`, null, []), at)
    out.end()
  }
  apply(out)
}

const tick = (at: number): void => {
  const out = new RecordWriter()
  out.tick(at)
  apply(out)
}

const apply = (out: RecordWriter): void => {
  engine.apply(out.take(), UNHEARD)
  sequence++
  const bytes = departed.take()
  if (bytes === null) return
  keeper.take(0, bytes, departed.through)
  pieces.push({ bytes, through: departed.through })
}

let shows = 0
/** The board sees what the engine holds. */
const show = async (): Promise<void> => {
  const header = { epoch: 1, number: ++shows, sequence, isWhole: true }
  embedded.bus.publish(partialSubject(0), packPartial(header, engine.partial(true)))
  expect(await board.reached([sequence], 5_000)).toBe(true)
}

const query = (options: Partial<HistoryQuery> = {}): HistoryQuery => ({
  names: board.select(['*', '~*'], () => true),
  step: 'hour',
  zone: UTC,
  from: START - DAY_MS,
  to: START + 9 * DAY_MS,
  signal: new AbortController().signal,
  ...options,
})

const readerOf = (): HistoryReader =>
  new HistoryReader({ store: embedded.store, board, leaving: keeper, partitions: 1, logger, newPause })

const rows = async (options: Partial<HistoryQuery> = {}) => (await readerOf().read(query(options))).rows

const entered = async (options: Partial<HistoryQuery> = {}): Promise<number> =>
  (await rows({ names: ['~journey'], ...options })).reduce((sum, row) => sum + row.visits.entered, 0)

/** Changes a byte of what is stored of a day. */
const damage = (day: string): void => {
  const blobs = join(folder, 'store', 'blobs')
  const file = join(blobs, readdirSync(blobs).find(name => name.includes(day)) as string)
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
  writeFileSync(file, bytes)
}

/** Three days in which somebody comes every 10 minutes. */
const EVERY = Array.from({ length: 432 }, (_, i) => START + i * 600_000)
const END = EVERY.at(-1) as number

describe('history', () => {
  test('has each count once, whether its slice is kept, has left, or is stored', async () => {
    enter(...EVERY)
    await show()
    const before = await rows()
    expect(await entered()).toBe(EVERY.length)
    expect((await embedded.store.blobs('history/0/')).length).toBe(2)
    tick(END + DAY_MS)
    await show()
    await keeper.keep(0, END + DAY_MS)
    expect((await rows()).map(({ visits }) => visits.entered)).toEqual(before.map(({ visits }) => visits.entered))
    tick(END + 3 * DAY_MS)
    await show()
    expect(await entered()).toBe(EVERY.length)
  })

  test('has what leaves between the storing and the look at the board', async () => {
    enter(...EVERY)
    await show()
    afterPut = async () => {
      tick(END + 5 * HOUR_MS)
      await show()
    }
    expect(await entered()).toBe(EVERY.length)
    expect(keeper.waiting(0).length).toBe(1)
    expect(await entered()).toBe(EVERY.length)
  })

  test('has what left once, where the board still shows it', async () => {
    enter(...EVERY)
    await show()
    tick(END + 5 * HOUR_MS)
    expect(await entered()).toBe(EVERY.length)
    expect(await entered({ step: 'quarter' })).toBe(await entered({ step: 'quarter', from: END - 3 * DAY_MS }))
  })

  test('answers quarters as long as they are kept', async () => {
    enter(...EVERY)
    await show()
    const { from, rows } = await readerOf().read(query({ names: ['~journey'], step: 'quarter' }))
    const kept = Math.floor(END / 900_000) - 191
    expect([from, rows[0]?.from, rows.length]).toEqual([kept * 900_000, kept * 900_000, 192])
    // Nobody comes; the past is still asked for.
    const old = await readerOf().read(query({ step: 'quarter', from: START, to: START + HOUR_MS }))
    expect([old.from, old.rows]).toEqual([START + HOUR_MS, []])
  })

  test('keeps days for 400 days of the clock', async () => {
    enter(START)
    tick(START + 3 * DAY_MS)
    await keeper.keep(0, START + 3 * DAY_MS)
    await keeper.keep(0, START + 400 * DAY_MS)
    expect(await embedded.store.blobs('history/')).toEqual(['history/0/2026-01-05'])
    await keeper.keep(0, START + 401 * DAY_MS)
    expect([await embedded.store.blobs('history/'), await embedded.store.keys('history/')]).toEqual([[], []])
  })

  test('names a day that is damaged, and tells nothing of the steps that it reaches into', async () => {
    enter(...EVERY)
    tick(END + 4 * DAY_MS)
    await show()
    await keeper.keep(0, END)
    const whole = await rows({ names: ['~journey'], step: 'day' })
    expect(whole.length).toBe(4)
    damage('2026-01-06')
    const days = await readerOf().read(query({ names: ['~journey'], step: 'day' }))
    expect(days.missing).toEqual(['2026-01-06'])
    expect(days.rows).toEqual(whole.filter(({ from }) => from !== Date.UTC(2026, 0, 6)))
    const weeks = await readerOf().read(query({ names: ['~journey'], step: 'week' }))
    expect([weeks.missing, weeks.rows]).toEqual([['2026-01-06'], []])
    expect((await readerOf().read(query({ from: START + 2 * DAY_MS }))).missing).toBe(undefined)
    await embedded.store.deleteBlob('history/0/2026-01-06')
    expect(await readerOf().read(query({ names: ['~journey'], step: 'day' }))).toEqual(days)
  })

  test('tells of a damaged day what came after the damage, and nothing of what was lost', async () => {
    enter(...EVERY)
    for (let at = END; at < END + 4 * DAY_MS; at += HOUR_MS) tick(at)
    await show()
    await keeper.keep(0, END)
    const whole = await rows({ names: ['~journey'] })
    damage('2026-01-06')
    const noon = Date.UTC(2026, 0, 6, 12)
    keeper = new HistoryKeeper({ storeOf: () => embedded.store, logger, newPause })
    for (const { bytes, through } of pieces) if (through * 900_000 > noon) keeper.take(0, bytes, through)
    await keeper.keep(0, END)
    const { rows: left, missing } = await readerOf().read(query({ names: ['~journey'] }))
    expect(missing).toEqual(['2026-01-06'])
    const isLost = (from: number): boolean => from >= Date.UTC(2026, 0, 6) && from <= noon
    expect(left).toEqual(whole.filter(({ from }) => !isLost(from)))
    expect(left.length).toBe(whole.length - 13)
  })

  test('refuses too many rows and too many at once, and stops where nobody waits', async () => {
    enter(...EVERY)
    await show()
    const hours = HISTORY_ROWS + 1
    const far = query({ names: ['~journey'], from: START, to: START + hours * HOUR_MS })
    await expect(readerOf().read(far)).rejects.toThrow(TooManyRows)
    const reader = readerOf()
    const asked = Array.from({ length: READS_WAITING + 1 }, () => reader.read(query()))
    await expect(reader.read(query())).rejects.toThrow(HistoryBusy)
    await Promise.all(asked)
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(readerOf().read(query({ signal }))).rejects.toThrow('gone')
    expect(await entered()).toBe(EVERY.length)
  })

  test('holds what could not be stored until it can be', async () => {
    enter(...EVERY)
    await show()
    const { store } = embedded
    let refuses = true
    const failing: Store = Object.create(store, {
      putBlob: {
        value: async (...args: Parameters<Store['putBlob']>) => {
          if (refuses) throw new Error('no space left')
          await store.putBlob(...args)
        },
      },
      get: { value: store.get.bind(store) },
      put: { value: store.put.bind(store) },
      keys: { value: store.keys.bind(store) },
      getBlob: { value: store.getBlob.bind(store) },
      blobs: { value: store.blobs.bind(store) },
    })
    const waiting = [...keeper.waiting(0)]
    keeper = new HistoryKeeper({ storeOf: () => failing, logger, newPause })
    for (const piece of waiting) keeper.take(0, piece, departed.through)
    await expect(keeper.keep(0, END)).rejects.toThrow('no space left')
    await expect(readerOf().read(query())).rejects.toThrow(NotStored)
    expect(await entered({ step: 'quarter' })).toBeGreaterThan(0)
    refuses = false
    await keeper.keep(0, END)
    expect(await entered()).toBe(EVERY.length)
  })
})
