/** What changed, and what is open: the two lists of the journey's line. */
import { useMemo } from 'preact/hooks'
import { changedPlaces } from '../model/summary.js'
import { DirectionMark } from '../parts/trend.js'
import { useApp, useFormat, useWords } from '../store/app.js'
import { hrefOf } from '../store/route.js'
import { useCell } from '../store/use-cell.js'

/** More of them are counted, not shown. */
const CHANGES_SHOWN = 4
const INCIDENTS_SHOWN = 4

export const Changes = () => {
  const words = useWords()
  const format = useFormat()
  const { figures } = useApp()
  const { places } = useCell(figures.shown)
  const changed = useMemo(() => changedPlaces(places.values()), [places])
  const more = changed.length - CHANGES_SHOWN
  return (
    <div class="changes">
      <h3>{words.changes.title}</h3>
      {changed.length === 0 && <p class="meta">{words.changes.none}</p>}
      <ul>
        {changed.slice(0, CHANGES_SHOWN).map(({ name, change }) => (
          <li key={name} data-direction={change.direction}>
            <DirectionMark change={change} />
            <a href={hrefOf({ page: 'touchpoint', name })}>{name}</a>
            <span class="what">
              {words.changes[change.direction]}: {words.figure[change.figure]}{' '}
              <b>{format.figure(change.figure, change.value)}</b>
            </span>
            <span class="meta">
              {words.changes.was(format.figure(change.figure, change.baseline))} · {words.figure.window[change.window]}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="meta">{words.changes.more(more)}</p>}
    </div>
  )
}

export const Incidents = () => {
  const words = useWords()
  const format = useFormat()
  const { figures, incidents, link } = useApp()
  const open = useCell(incidents)
  const project = useCell(link.project)
  // Drawn again with the figures, so that durations go on.
  useCell(figures.shown)
  if (project !== null && !project.scopes.includes('incidents')) return null
  const more = open.length - INCIDENTS_SHOWN
  const now = figures.serverNow()
  return (
    <div class="incidents">
      <h3>{words.incidents.title}</h3>
      {open.length === 0 && <p class="meta">{words.incidents.none}</p>}
      <ul>
        {open.slice(0, INCIDENTS_SHOWN).map(({ id, rule, touchpoint, state, since, firedAt }) => (
          <li key={id} data-incident={state}>
            <span class="badge">{words.incidents.state[state]}</span>
            <a href={hrefOf({ page: 'touchpoint', name: touchpoint })}>{touchpoint}</a>
            <bdi class="what">{rule}</bdi>
            {now > 0 && <span class="meta">{words.incidents.since(format.duration(now - (firedAt ?? since)))}</span>}
          </li>
        ))}
      </ul>
      {more > 0 && <p class="meta">{words.incidents.more(more)}</p>}
    </div>
  )
}
