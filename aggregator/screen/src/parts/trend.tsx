/** How a touchpoint stands beside its baseline: arrow, word and difference. */
import type { Change } from '../model/figure.js'
import type { Trend } from '../model/place.js'
import { useFormat, useWords } from '../store/app.js'

/** Up: better. The word stands beside it, so that neither shape nor colour is needed alone. */
export const DirectionMark = ({ change }: { change: Change }) => (
  <svg
    class="direction"
    data-direction={change.direction}
    width="10"
    height="10"
    viewBox="0 0 10 10"
    aria-hidden="true"
  >
    <path d={change.direction === 'worse' ? 'M0.5 1h9L5 9.5Z' : 'M5 0.5 9.5 9h-9Z'} />
  </svg>
)

export const TrendValue = ({ trend }: { trend: Trend }) => {
  const words = useWords()
  const format = useFormat()
  if (trend.state !== 'changed') return <span class="meta">{words.table[trend.state]}</span>
  const { change } = trend
  const { figure, value, baseline, window, direction } = change
  return (
    <>
      <span class="value" data-direction={direction}>
        <DirectionMark change={change} /> {words.changes[direction]}
      </span>
      <span class="meta">
        {words.figure[figure]} {format.difference(figure, value, baseline)} · {words.figure.window[window]}
      </span>
    </>
  )
}
