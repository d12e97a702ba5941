import type { Quantiles } from './histogram.js'

/** Why a run has ended. */
export type Ending = 'events' | 'seconds' | 'stopped' | 'failed'

/** What a run has measured; `--json` prints this object. Times are ms. */
export interface Figures {
  readonly url: string
  readonly endedBy: Ending
  readonly seconds: number
  readonly connections: number
  readonly visitors: number
  readonly batch: number
  /** null: as fast as the acks came. */
  readonly ratePerSecond: number | null
  /** sent = acknowledged + refused + unanswered; `repeated` were sent more than once, for whatever reason. */
  readonly events: {
    readonly sent: number
    readonly acknowledged: number
    readonly refused: number
    readonly unanswered: number
    readonly repeated: number
  }
  readonly acknowledgedPerSecond: number
  /** From the moment when an event was due to its ack. */
  readonly ackMs: Quantiles
  /** From an event's sending to the subscriber's figures that count it; null without --live. */
  readonly liveMs: Quantiles | null
  /** How often the server took nothing for now, and how often a connection was lost. */
  readonly refusals: { readonly rateLimited: number; readonly overloaded: number }
  readonly disconnects: number
}

const HEAD = ['ms', 'p50', 'p90', 'p99', 'max', 'n']
const WIDTH = 9
const NAME_WIDTH = 22

const ENDED: Record<Ending, string> = {
  events: 'all events sent',
  seconds: 'time is up',
  stopped: 'stopped by hand',
  failed: 'the connection failed',
}

const count = (value: number): string => Math.round(value).toLocaleString('en')
const ms = (value: number | null): string => (value === null ? '–' : value.toFixed(value < 10 ? 2 : 1))

const timesRow = (name: string, { p50, p90, p99, max, n }: Quantiles): string =>
  name.padEnd(NAME_WIDTH) + [...[p50, p90, p99, max].map(ms), count(n)].map(cell => cell.padStart(WIDTH)).join('')

/** The figures as lines of text. */
export const figureLines = (figures: Figures): string[] => {
  const { events, refusals, connections, visitors, batch, ratePerSecond, ackMs, liveMs } = figures
  const asked = ratePerSecond === null ? 'as fast as the acks come' : `${count(ratePerSecond)} events/s asked for`
  const lines = [
    `${count(connections)} connections, ${count(visitors)} visitors, ${batch} events a frame, ${asked}`,
    `${figures.seconds.toFixed(2)} s, ${ENDED[figures.endedBy]}`,
    '',
    `${'acknowledged'.padEnd(NAME_WIDTH)}${count(figures.acknowledgedPerSecond).padStart(WIDTH)} events/s`,
    `${''.padEnd(NAME_WIDTH)}${count(events.acknowledged).padStart(WIDTH)} of ${count(events.sent)} events`,
  ]
  const troubles: [string, number][] = [
    ['refused events', events.refused],
    ['unanswered events', events.unanswered],
    ['sent again', events.repeated],
    ['asked to slow down', refusals.rateLimited],
    ['server overloaded', refusals.overloaded],
    ['connections lost', figures.disconnects],
  ]
  for (const [name, value] of troubles) lines.push(`${name.padEnd(NAME_WIDTH)}${count(value).padStart(WIDTH)}`)
  lines.push('', HEAD.map((cell, column) => (column === 0 ? cell.padEnd(NAME_WIDTH) : cell.padStart(WIDTH))).join(''))
  lines.push(timesRow('event to ack', ackMs))
  if (liveMs !== null) lines.push(timesRow('event to subscriber', liveMs))
  return lines
}
