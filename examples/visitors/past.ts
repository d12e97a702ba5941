import type { PulseEvent } from '@pulssi/sdk'
import type { Step } from './journey.js'
import type { Street } from './street.js'
import { asEvents } from './tell.js'

/** What a service may hand in at once. */
const EVENTS_PER_REQUEST = 1_000
/** Played between two looks at what has gathered. */
const STRIDE_MS = 60_000
/** The past has caught up with the present once it is no more than this behind. */
const NEAR_MS = 250

export interface Past {
  tell(visitor: string, step: Step, atMs: number): void
  /** Lets the street live from `fromMs` up to now, and resolves once all of it has been taken. Rejects if it isn't. */
  play(street: Street, fromMs: number): Promise<void>
}

/** Tells steps as what has happened: their events bear their own times, and go over HTTP in their order. */
export function openPast({ url, key, signal }: { url: string; key: string; signal: AbortSignal }): Past {
  let gathered: PulseEvent[] = []

  const send = async (events: readonly PulseEvent[]): Promise<void> => {
    const answer = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
      signal,
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`The aggregator did not take the demo's past: ${answer.status} ${text}`)
  }
  const sendFrom = async (count: number): Promise<void> => {
    while (gathered.length >= count && gathered.length > 0) {
      const events = gathered.slice(0, EVENTS_PER_REQUEST)
      gathered = gathered.slice(EVENTS_PER_REQUEST)
      await send(events)
    }
  }
  return {
    tell: (visitor, step, atMs) => {
      gathered.push(...asEvents(visitor, step, atMs))
    },
    play: async (street, fromMs) => {
      let atMs = fromMs
      while (Date.now() - atMs > NEAR_MS) {
        atMs = Math.min(Date.now(), atMs + STRIDE_MS)
        street.advance(atMs)
        await sendFrom(EVENTS_PER_REQUEST)
        if (Date.now() - atMs <= NEAR_MS) await sendFrom(1)
      }
      await sendFrom(1)
    },
  }
}
