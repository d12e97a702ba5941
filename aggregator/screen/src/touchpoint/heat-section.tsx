/** Four weeks by weekday and hour; read once the place comes into sight. */
import type { History } from '@pulssi/protocol/client'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useApp } from '../store/app.js'
import { CsvButton } from './csv.js'
import type { Figure } from './figures.js'
import { heatOf } from './heat.js'
import { HeatTable } from './heat-table.js'
import { FigureChoice, Missing } from './history.js'
import { readHistory } from './history-line.js'
import { browserZone, HEAT_RANGE, historyParameters } from './ranges.js'
import { Section, Shown } from './shown.js'
import { useRead } from './use-read.js'
import { useIsTimed } from './use-shown.js'
import { useTouchpointWords } from './words.js'

const MARGIN = '400px'

const useSeen = () => {
  const place = useRef<HTMLDivElement>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    const { current } = place
    if (current === null || isSeen) return
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(entry => entry.isIntersecting)) setSeen(true)
      },
      { rootMargin: MARGIN },
    )
    observer.observe(current)
    return () => observer.disconnect()
  }, [isSeen])
  return { place, isSeen }
}

interface HeatProps {
  readonly name: string
  readonly figure: Figure
  readonly choose: (figure: Figure) => void
}

const Heat = ({ name, figure, history }: { name: string; figure: Figure; history: History }) => {
  const words = useTouchpointWords()
  const { rows, zone, step, from, to } = history
  const cells = useMemo(() => heatOf(rows, zone, figure), [rows, zone, figure])
  if (rows.length === 0) return <p class="tp-nothing">{words.noHistory}</p>
  return (
    <>
      <HeatTable cells={cells} figure={figure} caption={words.heatCaption(words.figures[figure], zone)} />
      <Missing days={history.missing} />
      <p class="tp-note tp-foot">
        <span>
          {figure === 'visits' ? words.heatVisits : words.heatUnsure} {words.heatHelp}
        </span>
        <CsvButton touchpoint={name} step={step} zone={zone} from={from} to={to} />
      </p>
    </>
  )
}

export const HeatSection = ({ name, figure, choose }: HeatProps) => {
  const words = useTouchpointWords()
  const { figures, link } = useApp()
  const { place, isSeen } = useSeen()
  const zone = browserZone()
  const isTimed = useIsTimed()
  const [read, again] = useRead(
    isSeen && isTimed ? `${name} ${zone}` : null,
    signal => readHistory(link.api, historyParameters(name, HEAT_RANGE, figures.serverNow(), zone), signal),
    HEAT_RANGE.everyMs,
  )
  const tools = <FigureChoice figure={figure} choose={choose} />
  return (
    <Section name="heat" title={words.sections.heat} tools={tools}>
      <div ref={place}>
        <Shown read={read} again={again} lines={8}>
          {history => <Heat name={name} figure={figure} history={history} />}
        </Shown>
      </div>
    </Section>
  )
}
