/** The newest pulses by name and window, and what is shown of them. */
import type { Pulse, Update, Window } from '@pulssi/sdk/live'
import type { Windows } from '../model/figure.js'
import { isTouchpoint, type Place, placeOf } from '../model/place.js'
import { type Cell, cell, type Readable } from './cell.js'

/** Least time between two drawings: as often as the server sends updates. */
const DRAW_MS = 100
/** What comes of one update of the server, in several frames, is drawn once. */
const GATHER_MS = 16

export interface Shown {
  /** Counts the drawings. */
  readonly version: number
  /** The server's clock of the newest figures, ms since 1970; 0: none have come. */
  readonly clock: number
  readonly ageMs: number
  /** Partitions that are behind. */
  readonly behind: readonly number[]
  readonly places: ReadonlyMap<string, Place>
  /** How many of them are touchpoints. */
  readonly touchpoints: number
}

const NOTHING: Shown = { version: 0, clock: 0, ageMs: 0, behind: [], places: new Map(), touchpoints: 0 }

export interface Figures {
  readonly shown: Readable<Shown>
  /** Takes in an update of one window. */
  take(window: Window, update: Update): void
  /** The server's clock now, ms since 1970, going on since it was last heard; 0: it never was. */
  serverNow(): number
  /** Forgets all: a token that no longer holds shows nothing. */
  clear(): void
}

const countOf = (places: ReadonlyMap<string, Place>): number => {
  let count = 0
  for (const name of places.keys()) if (isTouchpoint(name)) count++
  return count
}

export const createFigures = (): Figures => {
  const shown: Cell<Shown> = cell(NOTHING)
  const pulses = new Map<string, Partial<Record<Window, Pulse>>>()
  let places = new Map<string, Place>()
  const dirty = new Set<string>()
  let newest = { clock: 0, ageMs: 0, behind: [] as readonly number[], heardAt: 0 }
  let timer: ReturnType<typeof setTimeout> | null = null
  let drawnAt = -DRAW_MS

  const draw = (): void => {
    timer = null
    drawnAt = performance.now()
    const before = shown.value
    if (dirty.size > 0) places = new Map(places)
    for (const name of dirty) {
      const place = placeOf(name, pulses.get(name) as Windows)
      if (place !== undefined) places.set(name, place)
      else places.delete(name)
    }
    dirty.clear()
    const { clock, ageMs, behind } = newest
    const touchpoints = places.size === before.places.size ? before.touchpoints : countOf(places)
    shown.set({ version: before.version + 1, clock, ageMs, behind, places, touchpoints })
  }

  /** A whole update of a window: what isn't in it has gone, with the data of the server or the rights of the token. */
  const forget = (window: Window, kept: ReadonlySet<string>): void => {
    for (const [name, windows] of pulses) {
      if (windows[window] === undefined || kept.has(name)) continue
      const { [window]: _, ...others } = windows
      pulses.set(name, others)
      dirty.add(name)
    }
  }

  return {
    shown,
    take: (window, { pulses: all, changed, clock, ageMs, stale }) => {
      if (changed.length === all.length) forget(window, new Set(all.map(pulse => pulse.touchpoint)))
      for (const pulse of changed) {
        const windows = { ...pulses.get(pulse.touchpoint), [window]: pulse }
        pulses.set(pulse.touchpoint, windows)
        dirty.add(pulse.touchpoint)
      }
      newest = { clock, ageMs, behind: stale, heardAt: performance.now() }
      timer ??= setTimeout(draw, Math.max(GATHER_MS, drawnAt + DRAW_MS - performance.now()))
    },
    serverNow: () => (newest.clock === 0 ? 0 : newest.clock + performance.now() - newest.heardAt),
    clear: () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      pulses.clear()
      dirty.clear()
      places = new Map()
      newest = { clock: 0, ageMs: 0, behind: [], heardAt: 0 }
      shown.set(NOTHING)
    },
  }
}
