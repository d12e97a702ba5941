import { BOUNDS, type Bounds } from './bounds.js'
import { eventCalls } from './calls.js'
import { addForget, type Forgetful, packErasures } from './forget.js'
import type { Gate } from './gate.js'
import { STREAM_VISITORS } from './limits.js'
import type { Entry } from './outbox.js'
import { type Pack, pack } from './pack.js'
import { addPage } from './page.js'
import type { PulseClient, PulseOptions } from './types.js'

/** What is set by the options, else as for a page. */
export const boundsOf = ({ outboxEvents, outboxBytes, framesInFlight, coalesceMs }: PulseOptions): Bounds => ({
  $maxEvents: Math.max(1, outboxEvents ?? BOUNDS.$maxEvents),
  $maxBytes: Math.max(1, outboxBytes ?? BOUNDS.$maxBytes),
  $maxFrames: framesInFlight ?? BOUNDS.$maxFrames,
  $coalesceMs: coalesceMs ?? BOUNDS.$coalesceMs,
})

/** A visitor's events of a stream together; the sort is stable, so they stay in the order of their calls. */
const byKey = ([, , a]: Entry, [, , b]: Entry) => +(a > b) - +(a < b)

/** Who speaks for many visitors names each once a frame. A replay keeps the order of the calls across visitors too. */
export const packer = ({ sentAt }: PulseOptions): Pack =>
  packErasures((frame, entries, own, now) =>
    sentAt === null ? pack(frame, entries, own, null) : pack(frame, entries.sort(byKey), own, now),
  )

/** Numbers the events of each visitor by themselves, save those that have their number. */
const addNumbers = (core: Gate): void => {
  const number = core.$number
  let stream: string | undefined
  let seqs = new Map<string | undefined, number>()
  core.$number = event => {
    if (event.seq !== undefined) return
    if (seqs.size >= STREAM_VISITORS) core.$renew()
    number(event)
    if (event.stream !== stream) {
      stream = event.stream
      seqs = new Map()
    }
    event.seq = seqs.get(event.visitor) ?? 0
    seqs.set(event.visitor, event.seq + 1)
  }
}

/** What a service does and a page doesn't: speak for many visitors. */
export const addVisitors = (core: Gate): Pick<PulseClient, 'as'> => {
  addNumbers(core)
  return {
    as: visitor => ({
      ...eventCalls(event => core.$put({ ...event, visitor })),
      forget: () => (core as Forgetful).$erase(visitor),
    }),
  }
}

/** All that the SDK can, save to keep events beyond its page. */
export const addAll = (core: Gate): Pick<PulseClient, 'as' | 'forget'> => {
  const forgetting = addForget(core)
  if (globalThis.document) addPage(core)
  return { ...addVisitors(core), ...forgetting }
}
