/** Who this is, and how it stands now. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { FIGURES } from '../model/figure.js'
import type { Place } from '../model/place.js'
import { FigureValue, PulseValue, useFigureTitle } from '../parts/figures.js'
import { SentimentMarks } from '../parts/sentiment-marks.js'
import { TrendValue } from '../parts/trend.js'
import { useFormat, useWords } from '../store/app.js'
import { hrefOf } from '../store/route.js'
import { isRollUp } from './scope.js'
import { usePlace } from './use-shown.js'
import { useTouchpointWords } from './words.js'

/** Whoever comes here by key or by screen reader begins at the name. */
const Name = ({ name }: { name: string }) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [])
  return (
    <h2 class="tp-name" tabIndex={-1} ref={heading}>
      <bdi>{name}</bdi>
    </h2>
  )
}

const Card = ({ label, title, kind, believed, children }: CardProps) => (
  <div class="tp-card" data-figure={kind} data-believed={believed} title={title}>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

interface CardProps {
  readonly label: string
  readonly title?: string
  readonly kind: string
  readonly believed: boolean
  readonly children: ComponentChildren
}

/** The figure's baseline in words: the notch alone says nothing to who can't see it. */
const Baseline = ({ place, figure }: { place: Place; figure: (typeof FIGURES)[number] }) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const { baseline } = place[figure]
  if (baseline === null) return null
  return <span class="meta">{words.baseline(format.figure(figure, baseline))}</span>
}

const Cards = ({ place }: { place: Place }) => {
  const words = useTouchpointWords()
  const frame = useWords()
  const format = useFormat()
  const titleOf = useFigureTitle()
  const { window } = place.dropOff
  const { dwellMs, visitors } = place.windows[window] ?? { dwellMs: { p50: null }, visitors: 0 }
  return (
    <dl class="tp-cards">
      <Card label={words.pulse} kind="pulse" believed={place.pulse.believed}>
        <PulseValue pulse={place.pulse} />
        <span class="tp-trend meta">
          <TrendValue trend={place.trend} />
        </span>
      </Card>
      {FIGURES.map(figure => (
        <Card
          key={figure}
          label={words.figures[figure]}
          kind={figure}
          believed={place[figure].believed}
          title={titleOf(figure, place[figure])}
        >
          <FigureValue name={figure} figure={place[figure]} />
          <Baseline place={place} figure={figure} />
          {figure === 'sentiment' && <SentimentMarks place={place} />}
        </Card>
      ))}
      <Card label={words.active} kind="active" believed>
        <span class="value">{format.count(place.active)}</span>
        <span class="meta">
          {words.visitors} {format.count(visitors)} · {frame.figure.window[window]}
        </span>
        {dwellMs.p50 !== null && (
          <span class="meta">
            {words.dwell} {format.duration(dwellMs.p50)}
          </span>
        )}
      </Card>
    </dl>
  )
}

export const Head = ({ name }: { name: string }) => {
  const words = useTouchpointWords()
  const place = usePlace(name)
  return (
    <div class="tp-head">
      <a class="tp-back" href={hrefOf({ page: 'overview' })}>
        <span aria-hidden="true">←</span> {words.back}
      </a>
      <div class="tp-who">
        <Name name={name} />
        {place?.stage != null && <span class="tp-tag">{place.stage}</span>}
        {place?.channel != null && <span class="tp-tag">{place.channel}</span>}
      </div>
      {isRollUp(name) && <p class="tp-note">{words.rollUp}</p>}
      {place === undefined ? <p class="tp-note">{words.unknown}</p> : <Cards place={place} />}
    </div>
  )
}
