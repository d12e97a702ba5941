import { useMemo } from 'preact/hooks'
import type { FigureName } from '../model/figure.js'
import { STAGE_PREFIX } from '../model/place.js'
import { type Stage, stagesOf } from '../model/summary.js'
import { FigureValue, PulseValue, useFigureTitle } from '../parts/figures.js'
import { useApp, useFormat, useWords } from '../store/app.js'
import { hrefOf } from '../store/route.js'
import { useCell } from '../store/use-cell.js'

const SHOWN: readonly FigureName[] = ['dropOff', 'sentiment']

const StageFigures = ({ stage: { place } }: { stage: Stage }) => {
  const words = useWords()
  const format = useFormat()
  const titleOf = useFigureTitle()
  if (place === null) return <p class="meta">{words.figure.none.friction}</p>
  return (
    <dl>
      <div class="item" data-figure="pulse" data-believed={place.pulse.believed}>
        <dt>{words.figure.pulse}</dt>
        <dd>
          <PulseValue pulse={place.pulse} />
        </dd>
      </div>
      <div class="item" data-figure="active">
        <dt>{words.figure.active}</dt>
        <dd>
          <span class="value">{format.count(place.active)}</span>
        </dd>
      </div>
      {SHOWN.map(name => (
        <div
          class="item"
          key={name}
          data-figure={name}
          data-believed={place[name].believed}
          title={titleOf(name, place[name])}
        >
          <dt>{words.figure[name]}</dt>
          <dd>
            <FigureValue name={name} figure={place[name]} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** The stages as a journey passes them. */
export const Stages = () => {
  const words = useWords()
  const { figures, link } = useApp()
  const { places } = useCell(figures.shown)
  const order = useCell(link.project)?.stages
  const stages = useMemo(() => stagesOf(places, order ?? []), [places, order])
  if (stages.every(({ place }) => place === null)) return null
  return (
    <section aria-labelledby="stages-title">
      <h2 id="stages-title">{words.stages.title}</h2>
      <ol class="stages">
        {stages.map(stage => (
          <li key={stage.name} class="stage card" data-stage={stage.name} data-critical={stage.isCritical}>
            <h3>
              <a href={hrefOf({ page: 'touchpoint', name: STAGE_PREFIX + stage.name })}>{stage.name}</a>
              {stage.isCritical && (
                <span class="badge">
                  <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
                    <path d="M0.5 1.5h9L5 9.5Z" />
                  </svg>{' '}
                  {words.stages.critical}
                </span>
              )}
            </h3>
            <StageFigures stage={stage} />
          </li>
        ))}
      </ol>
      <p class="meta aside">{words.stages.perVisit}</p>
    </section>
  )
}
