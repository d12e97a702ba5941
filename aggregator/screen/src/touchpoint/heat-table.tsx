/** Hours by weekday, as a table whose cells are coloured where enough stands behind them. */
import { useMemo, useRef, useState } from 'preact/hooks'
import { useApp, useFormat } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import type { Figure } from './figures.js'
import { type HeatCell, HOURS, WEEKDAYS } from './heat.js'
import { SHADES, type Shading, shadingOf } from './shades.js'
import { readingText, shortText, valueText } from './texts.js'
import { useMedia } from './use-media.js'
import { useTouchpointWords } from './words.js'

const ALL_HOURS = Array.from({ length: HOURS }, (_, hour) => hour)
const hourText = (hour: number): string => String(hour).padStart(2, '0')

interface Place {
  readonly row: number
  readonly column: number
}

const STEPS: Readonly<Record<string, Place>> = {
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  Home: { row: 0, column: -HOURS },
  End: { row: 0, column: HOURS },
}

const within = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at))

const Scale = ({ shading, figure }: { shading: Shading; figure: Figure }) => {
  const format = useFormat()
  const first = figure === 'sentiment' ? -SHADES : 1
  const shades = Array.from({ length: SHADES - first + 1 }, (_, at) => first + at)
  return (
    <p class="tp-shades">
      <span>{valueText(format, figure, shading.from)}</span>
      <span class="tp-ramp" aria-hidden="true">
        {shades.map(shade => (
          <i key={shade} data-shade={shade} data-figure={figure} />
        ))}
      </span>
      <span>{valueText(format, figure, shading.to)}</span>
    </p>
  )
}

/** Hours across and days down, or the other way round where there is no room: seven columns fit where 24 don't. */
interface Grid {
  readonly isTall: boolean
  readonly rows: number
  readonly columns: number
  cellAt(place: Place): HeatCell | undefined
}

const gridOf = (cells: readonly (readonly HeatCell[])[], isTall: boolean): Grid => ({
  isTall,
  rows: isTall ? HOURS : WEEKDAYS.length,
  columns: isTall ? WEEKDAYS.length : HOURS,
  cellAt: ({ row, column }) => (isTall ? cells[column]?.[row] : cells[row]?.[column]),
})

/** One cell of the table is a stop for Tab; arrow keys move it. */
const useRoving = (grid: Grid) => {
  const [wanted, setPlace] = useState<Place>({ row: 0, column: 0 })
  const body = useRef<HTMLTableSectionElement>(null)
  const place = { row: within(wanted.row, grid.rows), column: within(wanted.column, grid.columns) }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const row = within(place.row + step.row, grid.rows)
    const column = within(place.column + step.column, grid.columns)
    setPlace({ row, column })
    body.current?.rows[row]?.cells[column + 1]?.focus()
  }
  return { place, setPlace, body, onKeyDown }
}

interface CellProps {
  readonly cell: HeatCell
  readonly figure: Figure
  readonly shading: Shading | null
  readonly text: string
  readonly isStop: boolean
  readonly onFocus: () => void
}

const Cell = ({ cell, figure, shading, text, isStop, onFocus }: CellProps) => {
  const words = useTouchpointWords()
  const language = useCell(useApp().look.language)
  const { value, belief } = cell
  const shade = belief !== 'few' && value !== null && shading !== null ? shading.shadeOf(value) : undefined
  const given = { 'data-belief': belief, 'data-shade': shade, 'data-figure': figure }
  return (
    <td title={text} tabIndex={isStop ? 0 : -1} onFocus={onFocus} {...given}>
      {value === null ? <span class="hidden">{words.nothingCounted}</span> : shortText(language, figure, value)}
    </td>
  )
}

const DayName = ({ weekday }: { weekday: number }) => {
  const words = useTouchpointWords()
  return <abbr title={words.weekdays[weekday]}>{words.shortWeekdays[weekday]}</abbr>
}

const Heads = ({ isTall }: { isTall: boolean }) => {
  const words = useTouchpointWords()
  return (
    <tr>
      <th scope="col">{isTall ? words.hour : words.day}</th>
      {(isTall ? WEEKDAYS : ALL_HOURS).map(each => (
        <th key={each} scope="col">
          {isTall ? <DayName weekday={each} /> : hourText(each)}
        </th>
      ))}
    </tr>
  )
}

interface HeatTableProps {
  readonly cells: readonly (readonly HeatCell[])[]
  readonly figure: Figure
  readonly caption: string
}

export const HeatTable = ({ cells, figure, caption }: HeatTableProps) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const shading = useMemo(() => shadingOf(cells, figure), [cells, figure])
  const grid = gridOf(cells, useMedia('(max-width: 62rem)'))
  const { place, setPlace, body, onKeyDown } = useRoving(grid)
  const describe = (cell: HeatCell): string => {
    const hour = `${hourText(cell.hour)}:00–${hourText((cell.hour + 1) % HOURS)}:00`
    return `${words.weekdays[cell.weekday]} ${hour} · ${readingText(words, format, figure, cell)}`
  }
  const cellOf = (row: number, column: number) => {
    const cell = grid.cellAt({ row, column })
    if (cell === undefined) return null
    const isStop = row === place.row && column === place.column
    const onFocus = (): void => setPlace({ row, column })
    return <Cell key={column} text={describe(cell)} {...{ cell, figure, shading, isStop, onFocus }} />
  }
  const current = grid.cellAt(place)
  return (
    <>
      <table class="tp-heat" data-tall={grid.isTall} onKeyDown={onKeyDown} aria-describedby="tp-heat-reading">
        <caption>{caption}</caption>
        <thead>
          <Heads isTall={grid.isTall} />
        </thead>
        <tbody ref={body}>
          {(grid.isTall ? ALL_HOURS : WEEKDAYS).map((each, row) => (
            <tr key={each}>
              <th scope="row">{grid.isTall ? hourText(each) : <DayName weekday={each} />}</th>
              {Array.from({ length: grid.columns }, (_, column) => cellOf(row, column))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="tp-reading" id="tp-heat-reading">
        {current && describe(current)}
      </p>
      {shading && <Scale shading={shading} figure={figure} />}
    </>
  )
}
