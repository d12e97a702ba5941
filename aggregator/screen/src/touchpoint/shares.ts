/** Rows of a list that are drawn; the rest is summed up in one. */
export const SHARES_SHOWN = 8

export interface Share<Row> {
  readonly row: Row
  readonly n: number
  readonly share: number
}

export interface Shares<Row> {
  readonly shown: Share<Row>[]
  /** Of those not shown. */
  readonly rest: { readonly rows: number; readonly n: number; readonly share: number }
  readonly total: number
}

/** Rows with the part that each has in all of them, most first; `count` reads a row's. */
export const sharesOf = <Row>(rows: readonly Row[], count: (row: Row) => number, limit = SHARES_SHOWN): Shares<Row> => {
  const counted = rows
    .map(row => ({ row, n: count(row) }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n)
  const total = counted.reduce((sum, { n }) => sum + n, 0)
  const hidden = counted.slice(limit)
  const n = hidden.reduce((sum, each) => sum + each.n, 0)
  return {
    shown: counted.slice(0, limit).map(each => ({ ...each, share: each.n / total })),
    rest: { rows: hidden.length, n, share: total === 0 ? 0 : n / total },
    total,
  }
}
