import { useEffect, useRef } from 'preact/hooks'
import { EVERYTHING } from '../model/order.js'
import { type Stretch, stretchesOf } from '../model/range.js'
import { useWords } from '../store/app.js'
import { Filters } from './filters.js'
import { GROUP, HEAD, ROW, TABLE, UNSEEN } from './roles.js'
import { Row } from './row.js'
import { useMoves } from './use-moves.js'
import { useRange } from './use-range.js'
import { type Rows, useRows } from './use-rows.js'

const COLUMNS = 7

const Head = () => {
  const { figure, table } = useWords()
  const heads = [table.touchpoint, figure.pulse, figure.dropOff, figure.sentiment, figure.friction, table.trend]
  return (
    <thead {...GROUP}>
      <tr {...ROW} aria-rowindex={1}>
        {[...heads, figure.active].map(text => (
          <th key={text} {...HEAD} scope="col">
            {text}
          </th>
        ))}
      </tr>
    </thead>
  )
}

interface StretchProps extends Pick<Rows, 'rows' | 'troubled'> {
  readonly stretch: Stretch
  readonly rowPx: number
  readonly current: number
}

const StretchRows = ({ stretch, rows, troubled, rowPx, current }: StretchProps) => {
  if (stretch.kind === 'gap') {
    return (
      <tr class="gap" {...UNSEEN} style={{ height: `${stretch.rows * rowPx}px` }}>
        <td colSpan={COLUMNS} />
      </tr>
    )
  }
  return (
    <>
      {rows.slice(stretch.from, stretch.to).map((place, at) => {
        const index = stretch.from + at
        return (
          <Row
            key={place.name}
            place={place}
            index={index}
            isTroubled={troubled.has(place.name)}
            isCurrent={index === current}
          />
        )
      })}
    </>
  )
}

/** `/` leads to the filter from anywhere but a field. */
const useSlash = (focus: () => void): void => {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof Element && event.target.closest('input, select, textarea') !== null
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      focus()
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
}

/** The basic level: every touchpoint, of which only those in view are drawn. */
export const TouchpointTable = () => {
  const words = useWords()
  const body = useRef<HTMLTableSectionElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const shown = useRows(body)
  const { rows, all, troubled, isHeld, filter, setFilter, stages, channels } = shown
  const moves = useMoves(body, rows)
  const { rowPx, ...range } = useRange(body, rows.length)
  const within = { from: Math.min(range.from, rows.length), to: Math.min(range.to, rows.length) }
  useSlash(() => field.current?.focus())
  return (
    <>
      <Filters {...{ filter, stages, channels, all, isHeld, field }} shown={rows.length} onChange={setFilter} />
      <table {...TABLE} class="card" aria-labelledby="touchpoints-title" aria-rowcount={rows.length + 1}>
        <Head />
        <tbody ref={body} {...GROUP} onKeyDown={moves.onKeyDown} onFocusIn={moves.onFocusIn}>
          {stretchesOf(rows.length, within, moves.current).map(stretch => (
            <StretchRows
              key={`${stretch.kind}${stretch.from === 0 ? 'first' : stretch.from === within.from ? 'view' : 'last'}`}
              {...{ stretch, rows, troubled, rowPx }}
              current={moves.current}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && (
        <p class="none">
          {words.table.nothing}{' '}
          <button type="button" onClick={() => setFilter(EVERYTHING)}>
            {words.table.clear}
          </button>
        </p>
      )}
    </>
  )
}
