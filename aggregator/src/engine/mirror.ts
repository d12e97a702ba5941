import type { EventTotals } from '@pulssi/protocol/client'
import { DEFAULT_CONFIG, type EngineConfig } from './config.js'
import { Ledger, type Page } from './ledger.js'
import { type PartialSink, partialSteps } from './partial.js'
import type { Audience } from './state.js'
import type { Spoken } from './voices.js'

export interface MirrorListener {
  /** Something of a touchpoint changed. */
  changed(name: string, place: number): void
  seen(name: string, place: number, audience: Audience, hi: number, lo: number, time: number): void
  rank(name: string, place: number, audience: Audience, register: number, rank: number, time: number): void
  backed(name: string, place: number, audience: Audience, hi: number, lo: number, time: number): void
  erased(hi: number, lo: number, byHi: number, byLo: number): void
  configured(config: EngineConfig): void
}

/** One partition's aggregate as its partials tell it. */
export class Mirror implements PartialSink {
  clock = 0
  dataClock = false
  /** When the last partial came in, ms since 1970 by the reader's clock; 0: never. */
  at = 0
  totals: EventTotals = { accepted: 0, duplicates: 0, lost: 0, late: 0, tooLate: 0, rejected: 0, bots: 0 }
  readonly names: Record<'touchpoints' | 'channels' | 'signals', string[]> = {
    touchpoints: [],
    channels: [],
    signals: [],
  }
  readonly ledger = new Ledger()
  /** The newest comments of each touchpoint. */
  readonly voices: (readonly Spoken[])[] = []
  configuration = DEFAULT_CONFIG
  readonly #listener: MirrorListener
  #page: Page | null = null

  constructor(listener: MirrorListener) {
    this.#listener = listener
  }

  *absorb(partial: Uint8Array, now: number): Generator<void> {
    yield* partialSteps(partial, this)
    this.at = now
  }

  head(clock: number, dataClock: boolean, totals: EventTotals): void {
    this.clock = clock
    this.dataClock = dataClock
    this.totals = totals
  }

  config(config: EngineConfig): void {
    this.configuration = config
    this.#listener.configured(config)
  }

  name(list: 'touchpoints' | 'channels' | 'signals', place: number, name: string): void {
    this.names[list][place] = name
  }

  page(touchpoint: number, header: { listed: boolean; active: number; channels: number; successors: number }): void {
    this.#page = Object.assign(this.ledger.page(touchpoint), header)
    this.#listener.changed(this.names.touchpoints[touchpoint] as string, touchpoint)
  }

  span(place: number, index: number, keys: Uint16Array, counts: Int32Array, n: number): void {
    this.ledger.set(this.#page as Page, place, index, keys, counts, n)
  }

  seen(touchpoint: number, audience: Audience, hi: number, lo: number, time: number): void {
    this.#listener.seen(this.names.touchpoints[touchpoint] as string, touchpoint, audience, hi, lo, time)
  }

  backed(touchpoint: number, audience: Audience, hi: number, lo: number, time: number): void {
    this.#listener.backed(this.names.touchpoints[touchpoint] as string, touchpoint, audience, hi, lo, time)
  }

  erased(hi: number, lo: number, byHi: number, byLo: number): void {
    this.#listener.erased(hi, lo, byHi, byLo)
  }

  spoken(touchpoint: number, list: readonly Spoken[]): void {
    this.voices[touchpoint] = list
  }

  rank(touchpoint: number, audience: Audience, register: number, rank: number, time: number): void {
    this.#listener.rank(this.names.touchpoints[touchpoint] as string, touchpoint, audience, register, rank, time)
  }
}
