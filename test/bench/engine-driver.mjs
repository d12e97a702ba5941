import { Engine, IdHash, RecordWriter } from '@pulssi/aggregator/engine'
import { Kind } from '@pulssi/protocol/client'
import { spent } from './measure.mjs'
import { touchpoints, Walk } from './walk.mjs'

const KEY = [0x1234567, 0x89abcdef]
const SEED = 7
const START_MS = Date.UTC(2026, 0, 5, 9)
/** Bytes of one log entry, as a busy gateway gathers them. */
const ENTRY_BYTES = 60_000
/** Entries built before they are timed: few, so that they don't push the engine's state out of the caches. */
const ENTRIES = 8

const CONFIG = {
  idleMs: 30 * 60_000,
  graceMs: 30_000,
  horizonMs: 48 * 3_600_000,
  stages: ['attract', 'convert', 'close', 'advocate'],
  channels: {},
  touchpoints: [
    { pattern: 'shop.*', stage: 'attract' },
    { pattern: 'checkout.*', stage: 'close' },
    { pattern: '*', stage: 'convert' },
  ],
  overflow: 'other',
  weights: { sentiment: 0.5, dropOff: 0.3, friction: 0.2 },
}
const NO_EFFECTS = { verdict() {}, refused() {} }

/** An engine, a crowd of visitors, and event time that passes at `ratePerSecond` events a second. */
export class EngineDriver {
  engine = new Engine(KEY)
  walk
  #names
  #writer = new RecordWriter()
  #visitorHash = new IdHash(KEY)
  #streamHash = new IdHash(KEY)
  #seqs
  #msPerEvent
  #places = new Map()
  now = START_MS

  constructor({ touchpointCount, visitorCount, ratePerSecond, stepMs }) {
    this.walk = new Walk(touchpointCount, SEED, stepMs)
    this.#names = touchpoints(touchpointCount)
    this.#seqs = new Int32Array(visitorCount)
    this.#msPerEvent = 1000 / ratePerSecond
    this.#writer.config(CONFIG)
    this.engine.apply(this.#writer.take(), NO_EFFECTS)
  }

  /** Writes one record of one visitor into the entry at hand. */
  record(visitor, events) {
    const writer = this.#writer
    const { hi: visitorHi, lo: visitorLo } = this.#visitorHash.of(`visitor-${visitor}`)
    const { hi: streamHi, lo: streamLo } = this.#streamHash.of(`stream-${visitor}`)
    const receivedAt = Math.floor(this.now)
    const base = receivedAt - events[events.length - 1].afterMs
    const flags = { dataClock: false, page: false, bot: false, hasStream: true }
    writer.begin({ receivedAt, ...flags, visitorHi, visitorLo, streamHi, streamLo, seq: this.#seqs[visitor], base })
    this.#seqs[visitor] += events.length
    this.#places.clear()
    for (const event of events) this.#event(event, base + event.afterMs)
    writer.end()
    this.now += events.length * this.#msPerEvent
  }

  /** Applies at least `count` events, `next` writing a record and telling its events; in ns an event. */
  run(count, next) {
    let events = 0
    let wall = 0
    let cpu = 0
    while (events < count) {
      const entries = []
      for (let made = 0; made < ENTRIES; made++) {
        while (this.#writer.length < ENTRY_BYTES) events += next()
        entries.push(this.#writer.take())
      }
      const took = spent(() => {
        for (const entry of entries) this.engine.apply(entry, NO_EFFECTS)
      })
      wall += took.wall
      cpu += took.cpu
    }
    return { wall: wall / events, cpu: cpu / events }
  }

  /** Throws unless every event counted: a figure of refused events would be a lie. */
  check() {
    const { accepted, duplicates, tooLate, rejected, late } = this.engine.state.totals
    if (accepted > 0 && duplicates + tooLate + rejected + late === 0) return
    throw new Error(`the engine did not take all events: ${JSON.stringify(this.engine.state.totals)}`)
  }

  #event({ kind, place, scale, level, signal }, time) {
    const writer = this.#writer
    let index = this.#places.get(place)
    if (index === undefined) {
      index = writer.place(this.#names[place], null, [])
      this.#places.set(place, index)
    }
    if (kind === Kind.feedback) writer.event(kind, index, time, scale, level)
    else if (kind === Kind.signal) writer.event(kind, index, time, 0, 0, signal)
    else writer.event(kind, index, time)
  }
}
