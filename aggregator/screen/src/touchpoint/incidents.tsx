import type { Incident } from '@pulssi/protocol/client'
import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import { IncidentItem } from './incident-list.js'
import { patternsOf } from './scope.js'
import { Section, Shown } from './shown.js'
import { useRead } from './use-read.js'
import { useTouchpointWords } from './words.js'

/** Older ones are in the server's answer to whoever asks it. */
const SHOWN = 10
/** A change is told at once; this is for what a lost frame has hidden. */
const EVERY_MS = 30_000

interface Answer {
  readonly clock: number
  readonly incidents: Incident[]
}

const Incidents = ({ name }: { name: string }) => {
  const words = useTouchpointWords()
  const { link, figures } = useApp()
  // An order's answer, until the next read tells the same.
  const [changed, setChanged] = useState<Incident | null>(null)
  const [read, again] = useRead(
    name,
    async signal => {
      const touchpoint = [...new Set([name, ...patternsOf(name, figures.shown.value.places.values())])]
      const answer = await link.api.get<Answer>('/v1/incidents', { state: 'all', touchpoint }, signal)
      setChanged(null)
      return answer
    },
    EVERY_MS,
  )
  useEffect(() => link.onIncident(again), [link])
  return (
    <Shown read={read} again={again} lines={2}>
      {({ clock, incidents }) =>
        incidents.length === 0 ? (
          <p class="tp-nothing">{words.incidentsNone}</p>
        ) : (
          <ul class="tp-incidents-list">
            {incidents.slice(0, SHOWN).map(incident => (
              <IncidentItem
                key={incident.id}
                incident={changed?.id === incident.id ? changed : incident}
                clock={clock}
                name={name}
                changed={setChanged}
              />
            ))}
          </ul>
        )
      }
    </Shown>
  )
}

export const IncidentsSection = ({ name }: { name: string }) => {
  const words = useTouchpointWords()
  const project = useCell(useApp().link.project)
  const isDenied = project !== null && !project.scopes.includes('incidents')
  return (
    <Section name="incidents" title={words.sections.incidents}>
      {isDenied ? <p class="tp-nothing">{words.incidentsDenied}</p> : <Incidents name={name} />}
    </Section>
  )
}
