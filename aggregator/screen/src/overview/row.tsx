import { FIGURES } from '../model/figure.js'
import type { Place } from '../model/place.js'
import { FigureValue, PulseValue, useFigureTitle } from '../parts/figures.js'
import { RowMarks } from '../parts/sentiment-marks.js'
import { TrendValue } from '../parts/trend.js'
import { useFormat, useWords } from '../store/app.js'
import { hrefOf } from '../store/route.js'
import { memo } from './memo.js'
import { CELL, ROW, ROW_HEAD } from './roles.js'

export interface RowProps {
  readonly place: Place
  /** From 0, without the head. */
  readonly index: number
  readonly isTroubled: boolean
  readonly isCurrent: boolean
}

const HEAD_ROWS = 1

export const Row = memo(({ place, index, isTroubled, isCurrent }: RowProps) => {
  const words = useWords()
  const format = useFormat()
  const titleOf = useFigureTitle()
  const { name, channel, stage } = place
  return (
    <tr
      {...ROW}
      aria-rowindex={index + 1 + HEAD_ROWS}
      data-touchpoint={name}
      data-index={index}
      data-troubled={isTroubled}
    >
      <th {...ROW_HEAD} scope="row" class="name">
        <a href={hrefOf({ page: 'touchpoint', name })} tabIndex={isCurrent ? 0 : -1} title={name}>
          {name}
        </a>
        <span class="meta">{[channel, stage].filter(each => each !== null).join(' · ')}</span>
      </th>
      <td {...CELL} data-figure="pulse" data-label={words.figure.pulse} data-believed={place.pulse.believed}>
        <PulseValue pulse={place.pulse} />
      </td>
      {FIGURES.map(figure => (
        <td
          key={figure}
          {...CELL}
          data-figure={figure}
          data-label={words.figure[figure]}
          data-believed={place[figure].believed}
          title={titleOf(figure, place[figure])}
        >
          <FigureValue
            name={figure}
            figure={place[figure]}
            mark={figure === 'sentiment' && <RowMarks place={place} />}
          />
        </td>
      ))}
      <td {...CELL} data-figure="trend" data-label={words.table.trend}>
        <TrendValue trend={place.trend} />
      </td>
      <td {...CELL} data-figure="active" data-label={words.figure.active}>
        <span class="value">{format.count(place.active)}</span>
      </td>
    </tr>
  )
})
