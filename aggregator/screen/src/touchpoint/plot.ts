/** What uPlot must know to draw one figure over time. */
import uPlot from 'uplot'
import { type Figure, rangeOf } from './figures.js'
import type { Palette } from './palette.js'
import { columnsOf, lonelyOf, type Point } from './series.js'

export interface Plot {
  readonly figure: Figure
  readonly points: readonly Point[]
  readonly baseline: number | null
  readonly palette: Palette
  /** Text of a value on the axis. */
  readonly valueText: (value: number) => string
  /** Texts of times, in seconds, that lie `apart`. */
  readonly ticks: (seconds: number[], apart: number) => string[]
  /** From the begin of the first step to the end of the last, ms since 1970. */
  readonly from: number
  readonly to: number
  /** The pointer rests on this point. */
  readonly onPoint: (at: number) => void
}

/** Bars of n fill this part of the height at most, beneath the figure. */
const COUNT_PART = 0.22
const LEAST_TOP = 0.1
const HEADROOM = 1.08
const AXIS_WIDTH = 52
const AXIS_HEIGHT = 28
const BAR_FILL = 0.7
const BAR_MAX_PIXELS = 24
const DOT_PIXELS = 8
const DASH = [4, 4]

/** Places in the data. */
const Column = { low: 1, high: 2, count: 3, value: 4 } as const

const highest = (values: readonly (number | null | undefined)[]): number =>
  values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)

const topOf = ({ figure, points, baseline }: Plot): number => {
  const most = highest(points.flatMap(({ value, high }) => [value, high]).concat(baseline)) * HEADROOM
  const [, limit] = rangeOf(figure)
  return limit === null ? Math.max(1, most) : Math.min(limit, Math.max(LEAST_TOP, most))
}

const bars = (): uPlot.Series.PathBuilder => {
  const made = uPlot.paths.bars?.({ size: [BAR_FILL, BAR_MAX_PIXELS, 1] })
  if (made === undefined) throw new Error('the chart library draws no bars')
  return made
}

const seriesOf = ({ figure, palette }: Plot): uPlot.Series[] => {
  const hidden = { stroke: 'transparent', width: 0, points: { show: false } }
  const isCount = figure === 'visits'
  const value: uPlot.Series = isCount
    ? { stroke: palette.line, fill: palette.band, width: 1, paths: bars(), points: { show: false } }
    : {
        stroke: palette.line,
        width: 1.5,
        points: {
          show: true,
          size: 5,
          fill: palette.line,
          filter: chart => lonelyOf([...(chart.data[Column.value] ?? [])]),
        },
      }
  const count = { scale: 'count', fill: palette.count, stroke: 'transparent', width: 0, paths: bars() }
  return [{}, hidden, hidden, { ...count, points: { show: false }, show: !isCount }, value]
}

const drawBaseline =
  ({ baseline, palette }: Plot) =>
  (chart: uPlot): void => {
    if (baseline === null) return
    const { ctx, bbox } = chart
    const y = chart.valToPos(baseline, 'y', true)
    ctx.save()
    ctx.strokeStyle = palette.baseline
    ctx.lineWidth = uPlot.pxRatio
    ctx.setLineDash(DASH.map(length => length * uPlot.pxRatio))
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.restore()
  }

const axesOf = ({ palette, ticks, valueText }: Plot): uPlot.Axis[] => {
  const look = {
    stroke: palette.text,
    font: '12px system-ui, sans-serif',
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false },
  }
  return [
    { ...look, size: AXIS_HEIGHT, space: 64, values: (_, splits, __, ___, apart) => ticks(splits, apart) },
    { ...look, size: AXIS_WIDTH, space: 36, values: (_, splits) => splits.map(valueText) },
  ]
}

export const dataOf = ({ points }: Plot): uPlot.AlignedData => columnsOf(points)

export const optionsOf = (plot: Plot, width: number, height: number): uPlot.Options => {
  const { palette, points, from, to, onPoint } = plot
  const [bottom] = rangeOf(plot.figure)
  const most = highest(points.map(({ n }) => n))
  return {
    width,
    height,
    series: seriesOf(plot),
    bands: [{ series: [Column.high, Column.low], fill: palette.band }],
    scales: {
      x: { time: true, range: [from / 1_000, to / 1_000] },
      y: { range: [bottom, topOf(plot)] },
      count: { range: [0, Math.max(1, most) / COUNT_PART] },
    },
    axes: axesOf(plot),
    padding: [10, 26, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: { size: (_, at) => (at === Column.value ? DOT_PIXELS : 0), fill: palette.line, stroke: palette.line },
    },
    hooks: {
      draw: [drawBaseline(plot)],
      setCursor: [chart => chart.cursor.idx != null && onPoint(chart.cursor.idx)],
    },
  }
}
