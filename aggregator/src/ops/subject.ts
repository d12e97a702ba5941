import { EMOTIONS, KINDS, Kind, SCALE_LEVELS, SCALES } from '@pulssi/protocol'
import {
  type Erasures,
  erasuresIn,
  eventsOf,
  IdHash,
  type LoggedEvent,
  type Subject,
  withoutErased,
} from '../engine/index.js'
import type { EventLog } from '../ports.js'
import { NOT_SERVED_RETRY_MS, SUBJECT_EVENTS } from './limits.js'

/** Nobody says what the engine of the visitor's partition knows: ask again once somebody serves it. */
export class NotServed extends Error {
  readonly retryMs = NOT_SERVED_RETRY_MS
  constructor(partition: number, cause: unknown) {
    super(`partition ${partition}, where this visitor is counted, is served by nobody at the moment`, { cause })
    this.name = 'NotServed'
  }
}

export interface SubjectSource {
  readonly log: EventLog
  /** Of the id hashes. */
  readonly key: readonly [number, number]
  /** What the engine of a partition keeps of a visitor, by the words of its hash; null: nothing. Rejects where it can't be asked. */
  readonly stateOf: (partition: number, hi: number, lo: number) => Promise<Subject | null>
}

/** One event in the words of the HTTP API, and when it was received. Times in ms since 1970. */
export interface SubjectEvent {
  readonly at: number
  readonly receivedAt: number
  readonly kind: string
  readonly touchpoint: string | null
  readonly channel: string | null
  readonly cuts: Readonly<Record<string, string>>
  /** `scale`, `score`, `comment`, `value`, `name` … as far as it said any. */
  readonly [said: string]: unknown
}

/** All that is known about one visitor. */
export interface SubjectExport {
  readonly visitor: string
  /** What the counts are made from: the open visit, the trail, the streams; null: nothing. */
  readonly state: Subject | null
  /** What the log still holds, oldest first. */
  readonly events: readonly SubjectEvent[]
  /** There are more than SUBJECT_EVENTS events; these are the oldest. */
  readonly truncated: boolean
}

const parsed = (detail: string): Record<string, unknown> => (detail === '' ? {} : JSON.parse(detail))

const saidOf = ({ kind, a, b, detail }: LoggedEvent): Record<string, unknown> => {
  if (kind === Kind.signal) return { name: detail }
  const scale = kind === Kind.feedback ? SCALES[a] : undefined
  if (scale === undefined) return parsed(detail)
  const score = scale === 'emotion' ? EMOTIONS[b] : b + SCALE_LEVELS[scale].first
  return { scale, score, ...parsed(detail) }
}

const cutsOf = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(pairs.flatMap((name, i) => (i % 2 === 0 ? [[name, pairs[i + 1] ?? '']] : [])))

const readable = (event: LoggedEvent): SubjectEvent => {
  const { at, receivedAt, touchpoint, channel, cuts } = event
  const kind = KINDS[event.kind] ?? String(event.kind)
  return { at, receivedAt, kind, touchpoint, channel, cuts: cutsOf(cuts), ...saidOf(event) }
}

/** Gathers everything known about a visitor, up to what is durable at the call. Throws NotServed, or as the log. */
export const exportSubject = async (source: SubjectSource, visitor: string): Promise<SubjectExport> => {
  const { log, key, stateOf } = source
  const { hi, lo } = new IdHash(key).of(visitor)
  const partition = lo % log.partitions
  const events: SubjectEvent[] = []
  const { first, last } = await log.bounds(partition)
  const stop = new AbortController()
  if (last >= first) {
    for await (const entries of log.read(partition, first, stop.signal)) {
      for (const { bytes, sequence } of entries) if (sequence <= last) gather(bytes, hi, lo, events)
      if ((entries.at(-1)?.sequence ?? 0) >= last || events.length > SUBJECT_EVENTS) break
    }
    stop.abort()
  }
  const truncated = events.length > SUBJECT_EVENTS
  const state = await stateOf(partition, hi, lo).catch((error: unknown) => {
    throw new NotServed(partition, error)
  })
  return { visitor, state, events: events.slice(0, SUBJECT_EVENTS), truncated }
}

const NOBODY_ELSE: Erasures = { later: () => false, ever: () => false, left: 'nothing' }

/** What was erased isn't known any more, though its bytes may still wait to be compacted. */
const gather = (entry: Uint8Array, hi: number, lo: number, into: SubjectEvent[]): void => {
  let rest = entry
  for (const [erasedHi, erasedLo] of erasuresIn(entry)) {
    if (erasedHi !== hi || erasedLo !== lo) continue
    into.length = 0
    rest = withoutErased(entry, NOBODY_ELSE)
  }
  for (const event of eventsOf(rest, hi, lo)) into.push(readable(event))
}
