/** Which rows of a long table are drawn. All rows are equally high. */

/** Rows beyond the edges of the view, so that scrolling by little draws nothing. */
const MARGIN_ROWS = 12
/** The view moves in steps of so many rows, for the same reason. */
const STEP_ROWS = 6

export interface Range {
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

/** `top`: where the first row begins, relative to the view's upper edge; all in px. */
export const visibleRange = (count: number, rowPx: number, top: number, viewPx: number): Range => {
  if (rowPx <= 0) return { from: 0, to: Math.min(count, MARGIN_ROWS) }
  const first = Math.floor(-top / rowPx / STEP_ROWS) * STEP_ROWS - MARGIN_ROWS
  const length = Math.ceil(viewPx / rowPx) + STEP_ROWS + 2 * MARGIN_ROWS
  const from = Math.min(Math.max(0, first), Math.max(0, count - 1))
  return { from, to: Math.min(count, Math.max(first + length, from + 1)) }
}

/** A stretch of rows that are drawn, or of so many that only take up room. */
export type Stretch = { readonly kind: 'rows'; readonly from: number; readonly to: number } | Gap
export interface Gap {
  readonly kind: 'gap'
  readonly from: number
  readonly rows: number
}

/** Range and, wherever it is, the row that has the focus: a row that is taken away would lose it. */
export const stretchesOf = (count: number, { from, to }: Range, focused: number | null): Stretch[] => {
  const drawn: Range[] = [{ from, to }]
  if (focused !== null && focused >= 0 && focused < count) {
    if (focused < from) drawn.unshift({ from: focused, to: focused + 1 })
    else if (focused >= to) drawn.push({ from: focused, to: focused + 1 })
  }
  const stretches: Stretch[] = []
  let at = 0
  for (const each of drawn) {
    if (each.from > at) stretches.push({ kind: 'gap', from: at, rows: each.from - at })
    stretches.push({ kind: 'rows', ...each })
    at = each.to
  }
  if (at < count) stretches.push({ kind: 'gap', from: at, rows: count - at })
  return stretches
}
