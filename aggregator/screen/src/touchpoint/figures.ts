import type { HistoryRow } from '@pulssi/protocol/client'

export const FIGURES = ['dropOff', 'sentiment', 'friction', 'visits'] as const
export type Figure = (typeof FIGURES)[number]

/** One figure at one time; all null where nothing was counted. Visits are a count and have no interval. */
export interface Reading {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
}

export const NOTHING: Reading = { value: null, low: null, high: null, n: 0 }

export const readingOf = (row: HistoryRow, figure: Figure): Reading => {
  switch (figure) {
    case 'dropOff':
    case 'friction': {
      const { rate, low, high, n } = row[figure]
      return { value: rate, low, high, n }
    }
    case 'sentiment': {
      const { score, low, high, n } = row.sentiment
      return { value: score, low, high, n }
    }
    case 'visits': {
      const { entered } = row.visits
      return { value: entered, low: null, high: null, n: entered }
    }
    default:
      return figure satisfies never
  }
}

/** Ends of the axis that a figure can reach; null: as far as it goes. */
export const rangeOf = (figure: Figure): readonly [number, number | null] => {
  switch (figure) {
    case 'sentiment':
      return [-1, 1]
    case 'dropOff':
    case 'friction':
      return [0, 1]
    case 'visits':
      return [0, null]
    default:
      return figure satisfies never
  }
}
