/** One figure over a day, a week or a quarter of a year. */
import type { History } from '@pulssi/protocol/client'
import { useCallback, useMemo, useState } from 'preact/hooks'
import { useApp, useFormat } from '../store/app.js'
import type { Shown as Figures } from '../store/figures.js'
import { useCell } from '../store/use-cell.js'
import { Chart } from './chart.js'
import { Choice } from './choice.js'
import { CsvButton } from './csv.js'
import { FIGURES, type Figure } from './figures.js'
import { readHistory } from './history-line.js'
import { browserZone, historyParameters, RANGE, RANGES, type RangeName } from './ranges.js'
import { type Point, seriesOf } from './series.js'
import { Section, Shown } from './shown.js'
import { axisText, readingText, spanOf, ticksOf, valueText } from './texts.js'
import { useRead } from './use-read.js'
import { useIsTimed, useShown } from './use-shown.js'
import { useTouchpointWords } from './words.js'

export const FigureChoice = ({ figure, choose }: { figure: Figure; choose: (figure: Figure) => void }) => {
  const words = useTouchpointWords()
  return (
    <Choice
      label={words.chooseFigure}
      names={FIGURES}
      textOf={name => words.figures[name]}
      chosen={figure}
      choose={choose}
    />
  )
}

const Legend = ({ figure, hasBaseline }: { figure: Figure; hasBaseline: boolean }) => {
  const { legend } = useTouchpointWords()
  if (figure === 'visits') return null
  const parts = ['value', 'interval', 'count', ...(hasBaseline ? ['baseline' as const] : [])] as const
  return (
    <p class="tp-legend">
      {parts.map(part => (
        <span key={part}>
          <i class={`tp-key tp-key-${part}`} aria-hidden="true" /> {legend[part]}
        </span>
      ))}
    </p>
  )
}

interface TableProps {
  readonly points: readonly Point[]
  readonly figure: Figure
  readonly label: string
  readonly span: (from: number, to: number) => string
}

/** For whoever reads rather than looks; made when it is opened. */
const Table = ({ points, figure, label, span }: TableProps) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const text = (value: number | null): string => (value === null ? '–' : valueText(format, figure, value))
  const hasInterval = figure !== 'visits'
  return (
    <details class="tp-details" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{words.asTable}</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
        <section class="tp-scroll" tabIndex={0} aria-label={label}>
          <table class="tp-table">
            <caption class="hidden">{label}</caption>
            <thead class="tp-table-head">
              <tr>
                <th scope="col">{words.time}</th>
                <th scope="col">{words.figures[figure]}</th>
                {hasInterval && <th scope="col">{words.interval}</th>}
                {hasInterval && <th scope="col">{words.count}</th>}
              </tr>
            </thead>
            <tbody>
              {points.map(point => (
                <tr key={point.from}>
                  <th scope="row">{span(point.from, point.to)}</th>
                  <td>{point.value === null ? words.nothingCounted : text(point.value)}</td>
                  {hasInterval && <td>{point.low === null ? '' : words.between(text(point.low), text(point.high))}</td>}
                  {hasInterval && <td>{point.value === null ? '' : format.count(point.n)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  )
}

/** Days of which the server has lost rows: a gap there doesn't mean that nobody came. */
export const Missing = ({ days = [] }: { days: History['missing'] | undefined }) => {
  const words = useTouchpointWords()
  return days.length === 0 ? null : <p class="tp-note tp-warn">{words.missing(days.join(', '))}</p>
}

interface DrawnProps {
  readonly name: string
  readonly history: History
  readonly figure: Figure
  readonly range: RangeName
  readonly baseline: number | null
}

const Drawn = ({ name, history, figure, range, baseline }: DrawnProps) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const language = useCell(useApp().look.language)
  const { rows, step, zone, from, to } = history
  const points = useMemo(() => seriesOf(rows, figure, from, to), [rows, figure, from, to])
  const span = useMemo(() => spanOf(language, step, zone), [language, step, zone])
  const ticks = useMemo(() => ticksOf(language, zone), [language, zone])
  const onAxis = useMemo(() => (value: number) => axisText(language, figure, value), [language, figure])
  const label = `${name}: ${words.chart(words.figures[figure], words.ranges[range], words.steps[step])}`
  const isEmpty = points.every(({ value }) => value === null)
  return (
    <>
      {isEmpty ? (
        <p class="tp-nothing">{words.noHistory}</p>
      ) : (
        <>
          <Chart
            label={label}
            help={words.chartHelp}
            textOf={point => `${span(point.from, point.to)} · ${readingText(words, format, figure, point)}`}
            valueText={onAxis}
            {...{ points, figure, baseline, from, to, ticks }}
          />
          <Legend figure={figure} hasBaseline={baseline !== null} />
          <Table points={points} figure={figure} label={label} span={span} />
        </>
      )}
      <Missing days={history.missing} />
      <p class="tp-note tp-foot">
        <span>{words.asOf(format.moment(history.clock))}</span>
        <CsvButton touchpoint={name} step={step} zone={zone} from={from} to={to} />
      </p>
    </>
  )
}

/** Finer changes would be less than a pixel, and not worth drawing the chart again. */
const BASELINE_STEP = 0.005

/** As a line of the chart. Visits have none. */
const useBaseline = (name: string, figure: Figure): number | null => {
  const select = ({ places }: Figures): number | null => {
    const baseline = figure === 'visits' ? null : (places.get(name)?.[figure].baseline ?? null)
    return baseline === null ? null : Math.round(baseline / BASELINE_STEP) * BASELINE_STEP
  }
  return useShown(useCallback(select, [name, figure]))
}

interface HistoryProps {
  readonly name: string
  readonly figure: Figure
  readonly choose: (figure: Figure) => void
}

export const HistorySection = ({ name, figure, choose }: HistoryProps) => {
  const words = useTouchpointWords()
  const { figures, link } = useApp()
  const [range, setRange] = useState<RangeName>('day')
  const zone = browserZone()
  const isTimed = useIsTimed()
  const [read, again] = useRead(
    isTimed ? `${name} ${range} ${zone}` : null,
    signal => readHistory(link.api, historyParameters(name, RANGE[range], figures.serverNow(), zone), signal),
    RANGE[range].everyMs,
  )
  const baseline = useBaseline(name, figure)
  const tools = (
    <div class="tp-tools">
      <FigureChoice figure={figure} choose={choose} />
      <Choice
        label={words.chooseRange}
        names={RANGES}
        textOf={each => words.ranges[each]}
        chosen={range}
        choose={setRange}
      />
    </div>
  )
  return (
    <Section name="history" title={words.sections.history} tools={tools}>
      <Shown read={read} again={again} lines={8}>
        {history => <Drawn {...{ name, history, figure, range, baseline }} />}
      </Shown>
    </Section>
  )
}
