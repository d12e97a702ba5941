import type { ComponentChildren } from 'preact'
import { isAsked } from '../model/asked.js'
import { FIGURES } from '../model/figure.js'
import { JOURNEY, lostOf, type Place } from '../model/place.js'
import { AsksValue } from '../parts/asks-value.js'
import { FigureValue, PulseValue, useFigureTitle } from '../parts/figures.js'
import { SentimentMarks } from '../parts/sentiment-marks.js'
import { useApp, useFormat, useWords } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import { Changes, Incidents } from './news.js'

interface ItemProps {
  readonly name: string
  readonly label: string
  readonly title?: string
  readonly believed?: boolean
  readonly children: ComponentChildren
}

const Item = ({ name, label, title, believed, children }: ItemProps) => (
  <div class="item" data-figure={name} data-believed={believed} title={title}>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

const Line = ({ place }: { place: Place }) => {
  const words = useWords()
  const format = useFormat()
  const titleOf = useFigureTitle()
  const lost = lostOf(place)
  const asks = (place.windows['24h'] ?? place.windows.total)?.asks
  return (
    <dl class="line">
      <Item name="pulse" label={words.figure.pulse} believed={place.pulse.believed}>
        <PulseValue pulse={place.pulse} />
      </Item>
      <Item name="lost" label={words.journey.lost} title={words.journey.lostHint}>
        <span class="value">{format.count(lost.visits)}</span>
        <span class="meta">{words.figure.window[lost.window]}</span>
      </Item>
      <Item name="active" label={words.journey.active} title={words.journey.activeHint}>
        <span class="value">{format.count(place.active)}</span>
        <span class="meta">{words.journey.activeHint}</span>
      </Item>
      {FIGURES.map(name => (
        <Item
          key={name}
          name={name}
          label={name === 'dropOff' ? words.journey.perVisit : words.figure[name]}
          title={titleOf(name, place[name])}
          believed={place[name].believed}
        >
          <FigureValue name={name} figure={place[name]} />
          {name === 'sentiment' && <SentimentMarks place={place} />}
        </Item>
      ))}
      {asks !== undefined && isAsked(asks) && (
        <Item name="asks" label={words.journey.response}>
          <AsksValue asks={asks} />
        </Item>
      )}
    </dl>
  )
}

/** The strategic level: pulse, losses, visitors, what changed and what is on fire. A token for some reads no roll-up. */
export const JourneyLine = () => {
  const words = useWords()
  const { figures } = useApp()
  const journey = useCell(figures.shown).places.get(JOURNEY)
  return (
    <section aria-labelledby="journey-title">
      <h2 id="journey-title">{words.journey.title}</h2>
      <div class="journey card">
        {journey && <Line place={journey} />}
        <div class="news">
          <Changes />
          <Incidents />
        </div>
      </div>
    </section>
  )
}
