import type { Pulse, PulseChange, PulseFrame, PulseRow } from '@pulssi/protocol/client'
import { pulseOf } from './row.js'
import type { Update } from './types.js'

/** One subscription's rows and the version that they are at. */
export class Table {
  #version: number | null = null
  #rows: unknown[][] = []
  #pulses: Pulse[] = []

  /** null: the frame builds on a version that isn't here, so that a full one is needed. */
  apply([, , version, base, clock, ageMs, stale, rows]: PulseFrame): Update | null {
    const changed = base === null ? this.#replace(rows as PulseRow[]) : this.#change(base, rows as PulseChange[])
    if (!changed) return null
    this.#version = version
    this.#pulses = this.#rows.map((row, index) => {
      const before = this.#pulses[index]
      return before && !changed.has(index) ? { ...before, clock, ageMs } : pulseOf(row as never, clock, ageMs)
    })
    return { pulses: this.#pulses, changed: this.#pulses.filter((_, index) => changed.has(index)), clock, ageMs, stale }
  }

  /** Only a full frame helps now. Returns whether that is news. */
  forget(): boolean {
    const news = this.#version !== null
    this.#version = null
    return news
  }

  #replace(rows: readonly PulseRow[]): Set<number> {
    this.#rows = rows.map(row => [...row])
    return new Set(rows.keys())
  }

  /** A whole row begins with its touchpoint's name, pairs of field and value with a number. */
  #change(base: number, changes: readonly PulseChange[]): Set<number> | null {
    if (base !== this.#version) return null
    const changed = new Set<number>()
    for (const [index, fields] of changes) {
      const row = this.#rows[index]
      if (index > this.#rows.length) return null
      if (typeof fields[0] === 'string') this.#rows[index] = [...fields]
      else if (!row) return null
      else for (let at = 0; at < fields.length; at += 2) row[fields[at] as number] = fields[at + 1]
      changed.add(index)
    }
    return changed
  }
}
