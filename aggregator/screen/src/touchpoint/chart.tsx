/** A figure over time: drawn for the eye, read step by step with the arrow keys. */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { usePalette } from './palette.js'
import { dataOf, optionsOf, type Plot } from './plot.js'
import { lastKnown, moved, type Point } from './series.js'

export interface ChartProps extends Omit<Plot, 'palette' | 'onPoint'> {
  readonly label: string
  /** What is read of one point. */
  readonly textOf: (point: Point) => string
  readonly help: string
}

/** The newest of what a callback needs, without drawing the chart again for it. */
const useNewest = <T,>(value: T): { readonly current: T } => {
  const held = useRef(value)
  held.current = value
  return held
}

/** Puts the chart's cursor on a point. */
const pointTo = (chart: uPlot | null, at: number): void => {
  const x = chart?.data[0]?.[at]
  if (chart != null && x != null) chart.setCursor({ left: chart.valToPos(x, 'x'), top: 0 }, false)
}

/** Keeps a chart of the newest plot in `box`, as wide and high as that. `marked`: the point that is being read. */
const usePlot = (plot: Plot | null, marked: number | null) => {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)
  const held = useNewest(marked)
  useLayoutEffect(() => {
    const { current } = box
    if (current === null || plot === null) return
    const sized = (): readonly [number, number] => [Math.max(1, current.clientWidth), Math.max(1, current.clientHeight)]
    const drawn = new uPlot(optionsOf(plot, ...sized()), dataOf(plot), current)
    chart.current = drawn
    if (held.current !== null) pointTo(drawn, held.current)
    const observer = new ResizeObserver(() => {
      const [width, height] = sized()
      if (width !== drawn.width || height !== drawn.height) drawn.setSize({ width, height })
    })
    observer.observe(current)
    return () => {
      observer.disconnect()
      drawn.destroy()
      chart.current = null
    }
  }, [plot])
  return { box, chart }
}

/** The point that is being read, by its time: it stays the same one when newer points come. */
const useMarked = (points: readonly Point[]): [marked: number | null, mark: (at: number) => void] => {
  const [from, setFrom] = useState<number | null>(null)
  const found = from === null ? -1 : points.findIndex(point => point.from === from)
  return [found < 0 ? null : found, at => setFrom(points[at]?.from ?? null)]
}

export const Chart = ({ label, textOf, help, ...given }: ChartProps) => {
  const { points, figure, baseline, from, to, valueText, ticks } = given
  const palette = usePalette()
  const [marked, mark] = useMarked(points)
  const newestMark = useNewest(mark)
  const plot = useMemo(() => {
    const onPoint = (at: number): void => newestMark.current(at)
    return palette && { points, figure, baseline, from, to, valueText, ticks, palette, onPoint }
  }, [points, figure, baseline, from, to, valueText, ticks, palette])
  const { box, chart } = usePlot(plot, marked)
  const shown = marked ?? lastKnown(points)
  const point = points[shown]

  const onKeyDown = (event: KeyboardEvent): void => {
    const next = moved(event.key, shown, points.length)
    if (next === null) return
    event.preventDefault()
    // Arrows mean other things to the page around.
    event.stopPropagation()
    mark(next)
    pointTo(chart.current, next)
  }

  const text = point === undefined ? '' : textOf(point)
  return (
    <div class="tp-chart">
      <div
        class="tp-plot"
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-description={help}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, points.length - 1)}
        aria-valuenow={Math.max(0, shown)}
        aria-valuetext={text}
        onKeyDown={onKeyDown}
        ref={box}
      />
      <p class="tp-reading" aria-hidden="true">
        {text}
      </p>
    </div>
  )
}
