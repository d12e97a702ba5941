import { useApp, useWords } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import { Empty } from './empty.js'
import { JourneyLine } from './journey-line.js'
import { Reading } from './reading.js'
import { Stages } from './stages.js'
import { TouchpointTable } from './table.js'

/** Three levels on one page: the journey, its stages, its touchpoints. */
export const Overview = () => {
  const words = useWords()
  const { figures, link } = useApp()
  const { touchpoints, clock } = useCell(figures.shown)
  const { state } = useCell(link.state)
  if (touchpoints === 0) return clock > 0 && state === 'live' ? <Empty /> : null
  return (
    <div class="overview" id="figures">
      <JourneyLine />
      <Stages />
      <section id="touchpoints" tabIndex={-1} aria-labelledby="touchpoints-title">
        <h2 id="touchpoints-title">{words.table.title}</h2>
        <TouchpointTable />
      </section>
      <Reading />
    </div>
  )
}
