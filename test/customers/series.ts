/** Values in time, of which sums over any stretch are at hand. */
export class Series {
  readonly #times: readonly number[]
  /** By column: the sum of all values before each. */
  readonly #sums: readonly Float64Array[]

  /** `rows`: rising in time; each with as many values as `columns`. */
  constructor(rows: readonly { readonly at: number; readonly values: readonly number[] }[], columns: number) {
    this.#times = rows.map(({ at }) => at)
    this.#sums = Array.from({ length: columns }, (_, column) => {
      const sums = new Float64Array(rows.length + 1)
      rows.forEach(({ values }, i) => {
        sums[i + 1] = (sums[i] as number) + (values[column] as number)
      })
      return sums
    })
  }

  /** Over (after, until]: how many rows, and the sum of each column. */
  over(after: number, until: number): { n: number; sums: number[] } {
    const first = this.#past(after)
    const last = this.#past(until)
    return { n: last - first, sums: this.#sums.map(sums => (sums[last] as number) - (sums[first] as number)) }
  }

  /** Time of the newest row at or before; null: there is none. */
  newest(until: number): number | null {
    return this.#times[this.#past(until) - 1] ?? null
  }

  /** Index of the first row later than this. */
  #past(at: number): number {
    let low = 0
    let high = this.#times.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#times[middle] as number) <= at) low = middle + 1
      else high = middle
    }
    return low
  }
}
