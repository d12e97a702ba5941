/** The screen on a wall: big, without controls, readable from five metres. */
import { useMemo } from 'preact/hooks'
import type { FigureName } from '../model/figure.js'
import { worstFirst } from '../model/order.js'
import { JOURNEY, lostOf, type Place } from '../model/place.js'
import { changedPlaces, stagesOf } from '../model/summary.js'
import { PulseValue } from '../parts/figures.js'
import { StatePill } from '../parts/state-pill.js'
import { DirectionMark } from '../parts/trend.js'
import { useApp, useFormat, useWords } from '../store/app.js'
import { hrefOf } from '../store/route.js'
import { useCell } from '../store/use-cell.js'
import { useWakeLock } from './use-wake-lock.js'

/** More would be too small to read. */
const PLACES_SHOWN = 5
const INCIDENTS_SHOWN = 3

const Big = ({ name, label, value, meta }: { name: string; label: string; value: string; meta: string }) => (
  <div class="item" data-figure={name}>
    <dt>{label}</dt>
    <dd>
      <span class="value">{value}</span>
      <span class="meta">{meta}</span>
    </dd>
  </div>
)

const Journey = ({ place }: { place: Place }) => {
  const words = useWords()
  const format = useFormat()
  const lost = lostOf(place)
  return (
    <dl class="wall-line">
      <div class="item" data-figure="pulse" data-believed={place.pulse.believed}>
        <dt>{words.figure.pulse}</dt>
        <dd>
          <PulseValue pulse={place.pulse} />
        </dd>
      </div>
      <Big
        name="lost"
        label={words.journey.lost}
        value={format.count(lost.visits)}
        meta={words.figure.window[lost.window]}
      />
      <Big
        name="active"
        label={words.journey.active}
        value={format.count(place.active)}
        meta={words.journey.activeHint}
      />
    </dl>
  )
}

const Fires = () => {
  const words = useWords()
  const { incidents } = useApp()
  const open = useCell(incidents).filter(({ state }) => state !== 'pending')
  if (open.length === 0) return null
  return (
    <ul class="wall-fires">
      {open.slice(0, INCIDENTS_SHOWN).map(({ id, touchpoint, rule, state }) => (
        <li key={id} data-incident={state}>
          <span class="badge">{words.incidents.state[state]}</span> <b>{touchpoint}</b> <bdi>{rule}</bdi>
        </li>
      ))}
      {open.length > INCIDENTS_SHOWN && <li>{words.incidents.more(open.length - INCIDENTS_SHOWN)}</li>}
    </ul>
  )
}

const Stages = ({ places }: { places: ReadonlyMap<string, Place> }) => {
  const words = useWords()
  const { link } = useApp()
  const order = useCell(link.project)?.stages
  const stages = useMemo(() => stagesOf(places, order ?? []), [places, order])
  return (
    <ol class="wall-stages">
      {stages.map(({ name, place, isCritical }) => (
        <li key={name} class="card" data-critical={isCritical} data-believed={place?.pulse.believed}>
          <h2>
            {name} {isCritical && <span class="badge">{words.stages.critical}</span>}
          </h2>
          {place === null ? <span class="value">–</span> : <PulseValue pulse={place.pulse} />}
        </li>
      ))}
    </ol>
  )
}

const SHOWN: readonly FigureName[] = ['dropOff', 'sentiment']

const Worst = ({ places }: { places: ReadonlyMap<string, Place> }) => {
  const words = useWords()
  const format = useFormat()
  const { incidents } = useApp()
  const open = useCell(incidents)
  const worst = useMemo(() => {
    const troubled = open.flatMap(({ state, touchpoint }) => (state === 'pending' ? [] : [touchpoint]))
    return worstFirst(places.values(), new Set(troubled)).slice(0, PLACES_SHOWN)
  }, [places, open])
  const changes = useMemo(
    () => new Map(changedPlaces(places.values()).map(({ name, change }) => [name, change])),
    [places],
  )
  return (
    <ol class="wall-worst">
      {worst.map(place => {
        const change = changes.get(place.name)
        return (
          <li key={place.name} data-touchpoint={place.name}>
            <b>{place.name}</b>
            <span data-figure="pulse" data-believed={place.pulse.believed}>
              <PulseValue pulse={place.pulse} />
            </span>
            {SHOWN.map(name => (
              <span key={name} data-believed={place[name].believed}>
                <span class="value">{place[name].value === null ? '–' : format.figure(name, place[name].value)}</span>
                <span class="meta">{words.figure[name]}</span>
              </span>
            ))}
            <span class="wall-change" data-direction={change?.direction}>
              {change && (
                <>
                  <DirectionMark change={change} /> {words.changes[change.direction]}
                </>
              )}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

export const Wallboard = () => {
  const words = useWords()
  const format = useFormat()
  const { figures, link } = useApp()
  const { places, clock } = useCell(figures.shown)
  const project = useCell(link.project)
  const journey = places.get(JOURNEY)
  useWakeLock()
  return (
    <div class="wall">
      <div class="wall-head">
        <h1>
          <bdi>{project?.project ?? 'Pulssi'}</bdi>
        </h1>
        <StatePill />
        {clock > 0 && <span class="wall-clock">{format.time(clock)}</span>}
        <a class="wall-leave" href={hrefOf({ page: 'overview' })}>
          {words.wallboard.leave}
        </a>
      </div>
      {journey && <Journey place={journey} />}
      <Fires />
      <Stages places={places} />
      <Worst places={places} />
    </div>
  )
}
