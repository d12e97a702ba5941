import type { History, HistoryRow, HistoryStep } from '@pulssi/protocol/client'
import type { Logger } from 'pino'
import type { Board } from '../board/index.js'
import { quartersOf, type View } from '../engine/index.js'
import { DamagedBlob, type Store } from '../ports.js'
import type { Pause } from './day.js'
import { DayReader, dayOfKey, dayStart, daysOf, newestIn, type Record, revisionOf, rowsOf } from './format.js'
import { beginOfQuarter, Gathering } from './gathering.js'
import type { Leaving, Mark } from './leaving.js'
import { DAY_MS, HISTORY_ROWS, READ_TRIES, READS_WAITING } from './limits.js'
import { stepsOf } from './steps.js'
import type { Zone } from './zone.js'

const HOUR_MS = 3_600_000

export interface HistoryReaderOptions {
  readonly store: Store
  readonly board: Board
  readonly leaving: Leaving
  readonly partitions: number
  readonly logger: Logger
  /** A way to give way to others, made anew for each piece of work. */
  readonly newPause: () => Pause
}

export interface HistoryQuery {
  /** Touchpoints and roll-ups that the board knows, sorted. */
  readonly names: readonly string[]
  readonly step: HistoryStep
  readonly zone: Zone
  /** ms since 1970; widened to whole steps. */
  readonly from: number
  readonly to: number
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** So many wait for their turn that no more are let in. */
export class HistoryBusy extends Error {
  constructor() {
    super(`${READS_WAITING} requests for history wait already`)
    this.name = 'HistoryBusy'
  }
}

export class TooManyRows extends Error {
  constructor() {
    super(`this asks for more than ${HISTORY_ROWS} rows: name fewer touchpoints, a shorter time or a longer step`)
    this.name = 'TooManyRows'
  }
}

/** What left the engines can't be stored, so that it isn't known whether some of it is already: ask again. */
export class NotStored extends Error {
  constructor(cause: unknown) {
    super('the history can not be stored at the moment', { cause })
    this.name = 'NotStored'
  }
}

/** What is stored changed while it was read. */
class Moved extends Error {}

/** Answers for the past: what is stored, and what the slices that are still kept hold, each count once. */
export class HistoryReader {
  readonly #options: HistoryReaderOptions

  constructor(options: HistoryReaderOptions) {
    this.#options = options
  }

  /** Throws TooManyRows, HistoryBusy, NotStored; rejects with the reason of the signal, and as the Store. */
  async read(query: HistoryQuery): Promise<History> {
    const { leaving } = this.#options
    if (leaving.turns.length > READS_WAITING) throw new HistoryBusy()
    return await leaving.turns.take(() => this.#read(query))
  }

  /** Others may store, elsewhere, while this one reads: then all of it is read again. */
  async #read(query: HistoryQuery): Promise<History> {
    for (let left = READ_TRIES - 1; left > 0; left--) {
      try {
        return await new Reading(this.#options, query, false).read()
      } catch (error) {
        if (!(error instanceof Moved)) throw error
      }
    }
    return await new Reading(this.#options, query, true).read()
  }
}

/** One request at work. What left the engines before the board was held is stored or waits; the rest is on the board. */
class Reading {
  readonly #options: HistoryReaderOptions
  readonly #query: HistoryQuery
  readonly #pause: Pause
  readonly #isLast: boolean
  /** Of each partition, as `store` said. */
  #stored: readonly number[] = []
  #marks: readonly Mark[] = []
  readonly #missing = new Set<string>()

  constructor(options: HistoryReaderOptions, query: HistoryQuery, isLast: boolean) {
    this.#options = options
    this.#query = query
    this.#isLast = isLast
    const pause = options.newPause()
    this.#pause = async () => {
      await pause()
      query.signal.throwIfAborted()
    }
  }

  async read(): Promise<History> {
    const { board } = this.#options
    const { names, step, zone, signal } = this.#query
    signal.throwIfAborted()
    const isStored = step !== 'quarter'
    if (isStored) this.#stored = await this.#ofEach(partition => this.#options.leaving.store(partition))
    const gathering = await board.still(async view => {
      const gathering = this.#begin(view)
      if (isStored) this.#marks = await this.#ofEach(partition => this.#mark(partition, view))
      await this.#addLive(gathering, view)
      return gathering
    })
    if (isStored) {
      await this.#addLate(gathering)
      await this.#addStored(gathering)
    }
    const { begins, end } = gathering.steps
    return {
      clock: board.clock,
      step,
      zone: zone.name,
      from: begins[0] ?? end,
      to: end,
      rows: await this.#rows(gathering, names),
      ...(this.#missing.size === 0 ? {} : { missing: [...this.#missing].sort() }),
    }
  }

  /** Throws NotStored. */
  async #ofEach<T>(ask: (partition: number) => Promise<T>): Promise<T[]> {
    const { partitions, logger } = this.#options
    try {
      return await Promise.all(Array.from({ length: partitions }, (_, partition) => ask(partition)))
    } catch (error) {
      logger.error({ err: error }, 'the history could not be stored, nor be answered')
      throw new NotStored(error)
    }
  }

  #mark(partition: number, view: View): Promise<Mark> {
    return this.#options.leaving.mark(partition, view.firstQuarter(partition), this.#stored[partition] ?? 0)
  }

  #begin(view: View): Gathering {
    const { names, step, zone, from, to } = this.#query
    const firsts = Array.from({ length: this.#options.partitions }, (_, partition) => view.firstQuarter(partition))
    // Quarters are in the slices alone: those that all partitions still keep.
    const since = step === 'quarter' ? Math.max(from, beginOfQuarter(Math.max(...firsts))) : from
    const most = Math.floor(HISTORY_ROWS / Math.max(1, names.length))
    const steps = stepsOf(step, zone, Math.min(since, to), to, most)
    if (steps.begins.length > most) throw new TooManyRows()
    return new Gathering(names, steps, name => view.members(name))
  }

  async #addLive(gathering: Gathering, view: View): Promise<void> {
    for (const touchpoint of gathering.touchpoints) {
      for (let partition = 0; partition < this.#options.partitions; partition++) {
        const through = this.#marks[partition]?.through ?? -1
        view.addQuarters(touchpoint, partition, quarter =>
          quarter <= through ? [] : gathering.at(touchpoint, beginOfQuarter(quarter)),
        )
        await this.#pause()
      }
    }
  }

  /** What left the engines since everything was stored. */
  async #addLate(gathering: Gathering): Promise<void> {
    for (const departed of this.#marks.flatMap(({ late }) => late)) {
      for (const { touchpoint, quarter, counts } of quartersOf(departed)) {
        if (gathering.wants(touchpoint)) gathering.add(touchpoint, beginOfQuarter(quarter), counts)
        await this.#pause()
      }
    }
  }

  async #addStored(gathering: Gathering): Promise<void> {
    const { store, partitions, logger } = this.#options
    const { begins, end } = gathering.steps
    const from = begins[0] ?? end
    for (let partition = 0; partition < partitions; partition++) {
      for (const key of await daysOf(store, partition)) {
        const day = dayOfKey(key)
        const start = dayStart(day)
        if (start + DAY_MS <= from || start >= end) continue
        try {
          await this.#addDay(gathering, partition, key, day)
        } catch (error) {
          if (!(error instanceof DamagedBlob)) throw error
          // It may have been replaced while it was read.
          if (!this.#isLast) throw new Moved()
          logger.error({ err: error, partition, day }, 'a day of the history is damaged: it is answered as missing')
          const end = beginOfQuarter((this.#marks[partition]?.through ?? -1) + 1)
          this.#lose(gathering, day, Math.min(start + DAY_MS, end))
        }
      }
    }
  }

  /** Adds nothing before all of the day was read and found whole. */
  async #addDay(gathering: Gathering, partition: number, key: string, day: string): Promise<void> {
    const { store } = this.#options
    const start = dayStart(day)
    const revision = await revisionOf(store, key)
    const reader = new DayReader(await store.getBlob(key))
    const records: Record[] = []
    let whole = 0
    try {
      whole = (await reader.head(revision)).whole
      for await (const record of reader.records()) {
        if (gathering.wants(record.touchpoint)) records.push(this.#checked(record, partition, day))
        await this.#pause()
      }
    } finally {
      await reader.end()
    }
    for (const record of records) {
      for (const { hour, counts } of rowsOf(record)) {
        gathering.add(record.touchpoint, start + hour * HOUR_MS, counts)
      }
      await this.#pause()
    }
    if (whole > 0) this.#lose(gathering, day, beginOfQuarter(whole))
  }

  /** What was stored since the board was read was on the board, too. Throws Moved, or NotStored where that goes on. */
  #checked(record: Record, partition: number, day: string): Record {
    const through = this.#marks[partition]?.through ?? -1
    for (const row of rowsOf(record)) {
      if (newestIn(row, day) <= through) continue
      const moved = new Moved(`slices of partition ${partition} leave faster than they can be read`)
      throw this.#isLast ? new NotStored(moved) : moved
    }
    return record
  }

  #lose(gathering: Gathering, day: string, to: number): void {
    this.#missing.add(day)
    gathering.lose(dayStart(day), to)
  }

  async #rows(gathering: Gathering, names: readonly string[]): Promise<HistoryRow[]> {
    const { weights } = this.#options.board.map
    const rows: HistoryRow[] = []
    for (const [place, touchpoint] of names.entries()) {
      for (const { from, to, tally } of gathering.rows(place)) {
        rows.push({ touchpoint, from, to, ...tally.figures(weights) })
        await this.#pause()
      }
    }
    return rows
  }
}
