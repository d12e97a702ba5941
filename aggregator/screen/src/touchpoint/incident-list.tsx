/** What has gone wrong here: state, since when, and the story that whoever wakes up wants first. */
import { type Incident, WINDOWS } from '@pulssi/protocol/client'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useApp, useFormat, useWords } from '../store/app.js'
import { cleanText } from './clean.js'
import { signalText, TouchpointLink } from './moves.js'
import { useTouchpointWords } from './words.js'

type Order = { readonly state: 'idle' | 'busy' } | { readonly state: 'failed'; readonly message: string }

const Acknowledge = ({ id, done }: { id: string; done: (incident: Incident) => void }) => {
  const words = useTouchpointWords()
  const { api } = useApp().link
  const [order, setOrder] = useState<Order>({ state: 'idle' })
  const send = async (): Promise<void> => {
    setOrder({ state: 'busy' })
    try {
      done(await api.order<Incident>(`/v1/incidents/${encodeURIComponent(id)}/acknowledge`))
      setOrder({ state: 'idle' })
    } catch (error) {
      setOrder({ state: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  }
  const isBusy = order.state === 'busy'
  return (
    <>
      <button type="button" class="tp-button" aria-disabled={isBusy} onClick={() => !isBusy && void send()}>
        {isBusy ? words.acknowledging : words.acknowledge}
      </button>
      {order.state === 'failed' && (
        <span class="tp-note tp-warn" role="alert">
          {words.acknowledgeFailed(order.message)}
        </span>
      )}
    </>
  )
}

const Story = ({ incident }: { incident: Incident }) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const { firstBadMinute, visitors, before, after, reason, recovered } = incident.story
  const hasDrops = recovered !== null
  const step = (name: string | null): ComponentChildren =>
    name === null ? words.noneKnown : <TouchpointLink name={name} />
  const lines: [string, ComponentChildren][] = [
    [words.story.firstBadMinute, format.moment(firstBadMinute)],
    [words.story.visitors, format.count(visitors)],
    [words.story.before, step(before)],
    [words.story.after, step(after)],
    [words.story.reason, hasDrops ? <bdi>{signalText(words, reason)}</bdi> : words.noneKnown],
    [words.story.recovered, hasDrops ? format.figure('dropOff', recovered) : words.noneKnown],
  ]
  return (
    <dl class="tp-story">
      {lines.map(([label, text]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}

/** What the rule says, and the figure where it held last. */
const Held = ({ incident }: { incident: Incident }) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const frame = useWords()
  const { figure, below, above, value, low, high, n } = incident
  const window = WINDOWS.find(each => each === incident.window)
  const text = (x: number): string => format.figure(figure, x)
  const name = words.figures[figure]
  const rule = below !== null ? words.below(name, text(below)) : above !== null ? words.above(name, text(above)) : name
  const interval = low === null || high === null ? '' : ` (${words.between(text(low), text(high))})`
  return (
    <p>
      {rule}
      {value !== null && ` · ${text(value)}${interval} · ${words.count} ${format.count(n)}`}
      {window !== undefined && ` · ${frame.figure.window[window]}`}
    </p>
  )
}

interface IncidentItemProps {
  readonly incident: Incident
  /** The server's, ms since 1970. */
  readonly clock: number
  readonly name: string
  readonly changed: (incident: Incident) => void
}

/** Shape beside the word, for whoever can't tell the colours apart. */
const MARKS: Readonly<Record<Incident['state'], string>> = {
  pending: 'M5 0.5 9.5 5 5 9.5 0.5 5Z',
  firing: 'M0.5 1.5h9L5 9.5Z',
  acknowledged: 'M1 1h8v8H1Z',
  resolved: 'M5 1a4 4 0 1 0 .01 0Z',
}

export const IncidentItem = ({ incident, clock, name, changed }: IncidentItemProps) => {
  const words = useTouchpointWords()
  const format = useFormat()
  const { id, state, rule, since, resolvedAt, touchpoint } = incident
  const end = resolvedAt ?? clock
  const lasting = format.duration(Math.max(0, end - since))
  const when = resolvedAt === null ? words.since : words.lasted
  return (
    <li class="tp-incident" data-state={state}>
      <p class="tp-incident-head">
        <span class="tp-state">
          <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
            <path d={MARKS[state]} />
          </svg>
          {words.states[state]}
        </span>
        <b>
          <bdi>{cleanText(rule)}</bdi>
        </b>
        {touchpoint !== name && <TouchpointLink name={touchpoint} />}
        <span class="tp-soft">{when(format.moment(since), lasting)}</span>
        {state === 'firing' && <Acknowledge id={id} done={changed} />}
      </p>
      <Held incident={incident} />
      <Story incident={incident} />
    </li>
  )
}
