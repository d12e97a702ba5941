import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kind } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Board } from '../board/index.js'
import { Calls } from '../cluster/calls.js'
import { openEmbedded } from '../embedded/index.js'
import { Engine, RecordWriter, View } from '../engine/index.js'
import { type Store, soleTenure, systemClock, type Tenure } from '../ports.js'
import { packPartial, partialSubject } from '../worker/partial.js'
import { answerHistory, RemoteLeaving } from './elsewhere.js'
import { HistoryKeeper } from './keeper.js'
import { READ_TRIES } from './limits.js'
import { HistoryReader, NotStored } from './reader.js'
import { type Zone, zoneOf } from './zone.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const START = Date.UTC(2026, 0, 5, 6, 20)
const UTC = zoneOf('UTC') as Zone
const SOON_MS = 5_000
const logger = pino({ level: 'silent' })
const newPause = () => async (): Promise<void> => {}
const tenure = soleTenure('partition/0')

/** A gateway and a worker, each with what the other one does not see, but for the bus and the store. */
const apart = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-apart-'))
  const { bus, store, close } = await openEmbedded(folder, { partitions: 1 })
  const onError = (error: unknown): void => {
    throw error
  }
  const board = new Board({ view: new View(1), bus, clock: systemClock, onError })
  const [gateway, worker] = ['gateway', 'worker'].map(owner => new Calls({ bus, owner, logger })) as [Calls, Calls]
  onTestFinished(async () => {
    board.close()
    gateway.close()
    worker.close()
    await close()
    rmSync(folder, { recursive: true })
  })
  return { board, gateway, worker, bus, store }
}

type Apart = Awaited<ReturnType<typeof apart>>

/** A worker's engine and what it hands over. */
class Served {
  readonly keeper: HistoryKeeper
  sequence = 0
  readonly #bus: Apart['bus']
  readonly #epoch: number
  readonly #engine = new Engine([1, 2])
  readonly #departed = this.#engine.noteDeparted()
  readonly #written: ((out: RecordWriter) => void)[] = []
  #number = 0

  constructor({ bus, store }: Apart, epoch = 1) {
    this.#bus = bus
    this.#epoch = epoch
    this.keeper = new HistoryKeeper({ storeOf: () => store, logger, newPause })
  }

  enter(...times: number[]): void {
    const visitorHi = this.sequence
    this.#apply(out => {
      for (const at of times) {
        const group = { receivedAt: at, base: at, dataClock: false, page: false, bot: false, hasStream: false }
        out.begin({ ...group, visitorHi, visitorLo: at % 9973, streamHi: 0, streamLo: 0, seq: 0 })
        out.event(Kind.enter, out.place(`t${at % 3}`, null, []), at)
        out.end()
      }
    })
  }

  tick(at: number): void {
    this.#apply(out => out.tick(at))
  }

  /** Takes up what another one has done. */
  replay({ all }: { readonly all: readonly ((out: RecordWriter) => void)[] }): void {
    for (const write of all) this.#apply(write)
  }

  get all(): readonly ((out: RecordWriter) => void)[] {
    return this.#written
  }

  /** The board is sent all that the engine holds. */
  tell(): void {
    const header = { epoch: this.#epoch, number: ++this.#number, sequence: this.sequence, isWhole: true }
    this.#bus.publish(partialSubject(0), packPartial(header, this.#engine.partial(true)))
  }

  async shown(board: Board): Promise<void> {
    this.tell()
    expect(await board.reached([this.sequence], SOON_MS)).toBe(true)
  }

  #apply(write: (out: RecordWriter) => void): void {
    const out = new RecordWriter()
    write(out)
    this.#written.push(write)
    this.#engine.apply(out.take(), { verdict() {}, refused() {} })
    this.sequence++
    const bytes = this.#departed.take()
    if (bytes !== null) this.keeper.take(0, bytes, this.#departed.through)
  }
}

/** Calls something before and after each lookup in the store. */
const watched = (store: Store, look: () => Promise<void>): Store =>
  new Proxy<Store>(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        await look()
        const result = await value.apply(target, args)
        await look()
        return result
      }
    },
  })

const readerOf = ({ board, store, gateway }: Apart, look: () => Promise<void> = async () => {}): HistoryReader => {
  const ask = async (...asked: Parameters<Calls['ask']>): Promise<unknown> => {
    await look()
    const answer = await gateway.ask(...asked)
    await look()
    return answer
  }
  const leaving = new RemoteLeaving({ ask }, SOON_MS)
  return new HistoryReader({ store: watched(store, look), board, leaving, partitions: 1, logger, newPause })
}

const entered = async (reader: HistoryReader): Promise<number> => {
  const span = { from: START - DAY_MS, to: START + 30 * DAY_MS, signal: new AbortController().signal }
  const { rows } = await reader.read({ names: ['~journey'], step: 'hour', zone: UTC, ...span })
  return rows.reduce((sum, row) => sum + row.visits.entered, 0)
}

/** Three days in which somebody comes every 10 minutes. */
const EVERY = Array.from({ length: 432 }, (_, i) => START + i * 600_000)
const END = EVERY.at(-1) as number

describe('history of engines elsewhere', () => {
  test('has each count once, whatever leaves, is told and is stored while it is read', async () => {
    /** Steps of what happens at the next looks: nothing, or so many minutes pass and what is done then. */
    const step = fc.option(fc.record({ minutes: fc.nat(40), tells: fc.boolean(), stores: fc.boolean() }), { nil: null })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
        const parts = await apart()
        const served = new Served(parts)
        served.enter(...EVERY)
        await served.shown(parts.board)
        answerHistory(parts.worker, served.keeper, 0, tenure)
        let clock = END
        const left = [...steps]
        const look = async (): Promise<void> => {
          const next = left.shift()
          if (next == null) return
          clock += next.minutes * 60_000
          served.tick(clock)
          if (next.tells) served.tell()
          if (next.stores) await served.keeper.keep(0, clock)
        }
        const reader = readerOf(parts, look)
        const told = await entered(reader).catch((error: unknown) => error)
        // So many steps in a row may be too much for it; never is anything else told.
        if (!(told instanceof NotStored)) expect(told).toBe(EVERY.length)
        left.length = 0
        await served.shown(parts.board)
        expect(await entered(reader)).toBe(EVERY.length)
      }),
      { numRuns: 25 },
    )
  })

  test('asks again for what the board shows no longer, and reads again what is stored meanwhile', async () => {
    const parts = await apart()
    const served = new Served(parts)
    served.enter(...EVERY)
    await served.shown(parts.board)
    answerHistory(parts.worker, served.keeper, 0, tenure)
    let looks = 0
    const after = (count: number, then: () => Promise<void>) => async (): Promise<void> => {
      if (++looks === count) await then()
    }
    // Behind the first answer: the board goes on before it is held.
    const told = async (): Promise<void> => {
      served.tick(END + 5 * HOUR_MS)
      await served.shown(parts.board)
    }
    expect(await entered(readerOf(parts, after(2, told)))).toBe(EVERY.length)
    // While days are read: what the board was shown to have is stored, too.
    looks = 0
    const stored = async (): Promise<void> => {
      served.tick(END + 9 * HOUR_MS)
      await served.keeper.keep(0, END + 9 * HOUR_MS)
    }
    expect(await entered(readerOf(parts, after(3, stored)))).toBe(EVERY.length)
  })

  test('knows what a former owner stored, though nothing has left since', async () => {
    const parts = await apart()
    const former = new Served(parts)
    former.enter(...EVERY)
    await former.shown(parts.board)
    // The board never hears of this, nor of the owner's end.
    former.tick(END + 5 * HOUR_MS)
    await former.keeper.keep(0, END + 5 * HOUR_MS)
    const present = new Served(parts, 2)
    present.replay(former)
    present.keeper.drop(0)
    answerHistory(parts.worker, present.keeper, 0, tenure)
    expect(await entered(readerOf(parts))).toBe(EVERY.length)
  })

  test('is not told where nobody serves the partition, or has just lost it, or storing fails', async () => {
    const parts = await apart()
    const served = new Served(parts)
    served.enter(...EVERY)
    await served.shown(parts.board)
    const leaving = new RemoteLeaving(parts.gateway, 50)
    const reader = new HistoryReader({ ...parts, leaving, partitions: 1, logger, newPause })
    await expect(entered(reader)).rejects.toThrow(NotStored)
    const lost: Tenure = { ...tenure, isHeld: false }
    const end = answerHistory(parts.worker, served.keeper, 0, lost)
    await expect(entered(readerOf(parts))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('elsewhere') },
    })
    end()
    const odd = parts.worker.answer('history.0', async () => ({ through: 'all' }))
    await expect(entered(readerOf(parts))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('sense') },
    })
    odd()
    answerHistory(parts.worker, served.keeper, 0, tenure)
    expect(await entered(readerOf(parts))).toBe(EVERY.length)
  })

  test('is asked for again where slices leave as fast as they are read', async () => {
    const parts = await apart()
    const served = new Served(parts)
    served.enter(...EVERY)
    await served.shown(parts.board)
    answerHistory(parts.worker, served.keeper, 0, tenure)
    let clock = END
    let looks = 0
    const reader = readerOf(parts, async () => {
      looks++
      clock += HOUR_MS
      served.tick(clock)
      await served.keeper.keep(0, clock)
    })
    await expect(entered(reader)).rejects.toThrow(NotStored)
    expect(looks).toBeGreaterThan(READ_TRIES)
  })
})
