/** A figure's interval on its scale: line, value, and the baseline as a notch. */
import type { Figure, FigureName } from '../model/figure.js'

const WIDTH = 104
const HEIGHT = 12
const INSET = 5
const MIDDLE = HEIGHT / 2

const SCALES: Readonly<Record<FigureName, readonly [from: number, to: number]>> = {
  dropOff: [0, 1],
  sentiment: [-1, 1],
  friction: [0, 1],
}

export const Interval = ({ name, figure }: { name: FigureName; figure: Figure }) => {
  const [from, to] = SCALES[name]
  const x = (value: number): number => INSET + ((value - from) / (to - from)) * (WIDTH - 2 * INSET)
  const { value, low, high, baseline } = figure
  return (
    <svg class="interval" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <line class="scale" x1={INSET} x2={WIDTH - INSET} y1={MIDDLE} y2={MIDDLE} />
      {from < 0 && <line class="scale" x1={x(0)} x2={x(0)} y1={3} y2={HEIGHT - 3} />}
      {baseline !== null && <line class="baseline" x1={x(baseline)} x2={x(baseline)} y1={1} y2={HEIGHT - 1} />}
      {low !== null && high !== null && <line class="range" x1={x(low)} x2={x(high)} y1={MIDDLE} y2={MIDDLE} />}
      {value !== null && <circle cx={x(value)} cy={MIDDLE} r={3.5} />}
    </svg>
  )
}
