import type { PulseRow, Window } from '@pulssi/protocol'
import type { View } from '../engine/index.js'
import type { Slices } from './pacer.js'
import { toRow } from './row.js'
import type { Cell, Changed, Moment, Shape } from './shape.js'

/** The rows of one update, for shapes that overlap. */
export class Rows {
  readonly #view: View
  readonly #now: number
  readonly #fresh = new Map<string, PulseRow>()

  /** `now`: ms since 1970 */
  constructor(view: View, now: number) {
    this.#view = view
    this.#now = now
  }

  at(touchpoint: string, window: Window, version: number): PulseRow {
    const key = `${touchpoint} ${window} ${version}`
    const known = this.#fresh.get(key)
    if (known !== undefined) return known
    const row = toRow(this.#view.pulse(touchpoint, window, this.#now))
    this.#fresh.set(key, row)
    return row
  }
}

/** Makes anew what may have changed of a shape, and nothing else; nothing may be absorbed meanwhile. */
export const refresh = async (shape: Shape, view: View, rows: Rows, moment: Moment, slices: Slices): Promise<void> => {
  const changed: Changed[] = []
  const added: Cell[] = []
  for (const [index, cell] of shape.cells.entries()) {
    const version = view.version(cell.touchpoint, cell.window)
    if (version === cell.version) continue
    cell.version = version
    changed.push({ index, row: rows.at(cell.touchpoint, cell.window, version) })
    await slices.pause()
  }
  for (const touchpoint of view.select(shape.patterns)) {
    if (shape.knows(touchpoint) || !shape.allows(touchpoint)) continue
    for (const window of shape.windows) {
      const version = view.version(touchpoint, window)
      added.push({ touchpoint, window, version, row: rows.at(touchpoint, window, version) })
    }
    await slices.pause()
  }
  shape.update(changed, added, moment)
}
