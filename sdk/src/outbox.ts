import { REMEMBERED_FRAMES } from './limits.js'
import type { Lost, PulseEvent, Stats } from './types.js'

/** An event that is complete. */
export type Numbered = PulseEvent & { stream: string; seq: number; at: number }

/** One event on its way. `sizeBytes`: what it takes in a frame, at most. `key`: of its visitor's stream. */
export type Entry = [event: Numbered, sizeBytes: number, key: string, isRefused?: boolean]

export interface Outbox {
  $stats: Stats
  /** Frames. */
  $inFlight(): number
  /** Whether one more event, of so many bytes, is too much. */
  $lacksRoom(maxEvents: number, sizeBytes: number): boolean
  $add(maxEvents: number, entry: Entry): void
  /** The next frame, now in flight: each visitor's events together. Undefined if none may go. */
  $take(maxEvents: number, maxBytes: number): readonly [frame: number, entries: Entry[]] | undefined
  /** Frames up to this one are stored. */
  $acknowledge(frame: number): void
  /** The server will never take this event. Returns it, if it is in flight or was acknowledged lately. */
  $refuse(frame: number | null, position: number): PulseEvent | undefined
  /** Frames from this one on weren't taken: they go back, and this number comes next. null: all in flight. */
  $rewind(frame: number | null): void
  /** A new connection: everything goes back, the next frame is the first. */
  $restart(): void
  /** A frame broke the grammar. Returns the event that did it, once that is known; it is lost. */
  $breakUp(): PulseEvent | undefined
  /** Loses everything. */
  $lose(reason: keyof Lost): void
}

type Counts = Record<string, number>

/** How many of the first fit, but one at least. */
const fitting = (entries: readonly Entry[], maxEvents: number, maxBytes: number): number => {
  let count = 0
  let bytes = 0
  for (const [, sizeBytes] of entries) {
    bytes += sizeBytes
    if (count === maxEvents || (count && bytes > maxBytes)) break
    count++
  }
  return count
}
const isWorthLess = ([{ kind }]: Entry) => !/goal|feedback/.test(kind)
/** A visitor's events of a stream together; the sort is stable, so they stay in the order of their calls. */
export const byKey = ([, , a]: Entry, [, , b]: Entry) => +(a > b) - +(a < b)

/**
 * Events from their call to their acknowledgement. Each is in a frame in flight or waits; all are `queued` in `stats`
 * until they are counted there as something else.
 *
 * The drop policy, where there is no room: the oldest waiting enter, leave, signal, link or ask goes, perhaps the new
 * one; is there none, the oldest waiting goal or feedback. What is in flight never goes.
 *
 * After a frame broke the grammar the events of the oldest one in flight go out alone, each after the ack of the one
 * before. A frame that breaks with one event, alone on the way, names the culprit.
 *
 * `frames` has by number, from 1, those in flight, above `acked`, and some before. `alone`: so many of the oldest are
 * yet to be acknowledged alone.
 */
export const addOutbox = (core: Outbox, maxBytes: number): void => {
  const lost: Lost = { overflow: 0, refused: 0, consent: 0, closed: 0, stopped: 0 }
  const stats: Stats = { sent: 0, acked: 0, refused: 0, lost, queued: 0 }
  let waiting: Entry[] = []
  let frames: Record<number, Entry[]> = {}
  let [sent, acked, bytes, alone] = [0, 0, 0, 0]
  const leave = (entries: readonly Entry[], reason: string, counts: object = lost) => {
    for (const [, sizeBytes, , isRefused] of entries) {
      stats.queued--
      bytes -= sizeBytes
      if (!isRefused) ((counts as Counts)[reason] as number)++
    }
  }
  core.$stats = stats
  core.$inFlight = () => sent - acked
  core.$lacksRoom = (maxEvents, sizeBytes) => stats.queued >= maxEvents || bytes + sizeBytes > maxBytes
  core.$add = (maxEvents, entry) => {
    waiting.push(entry)
    stats.queued++
    bytes += entry[1]
    while (core.$lacksRoom(maxEvents + 1, 0) && waiting[0])
      leave(waiting.splice(Math.max(0, waiting.findIndex(isWorthLess)), 1), 'overflow')
  }
  core.$take = (maxEvents, maxBytes) => {
    const next = waiting.splice(0, fitting(waiting, alone ? +(sent === acked) : maxEvents, maxBytes))
    if (!next[0]) return
    stats.sent += next.length
    frames[++sent] = next
    return [sent, next]
  }
  core.$acknowledge = frame => {
    while (acked < sent && acked < frame) {
      leave(frames[++acked] as Entry[], 'acked', stats)
      delete frames[acked - REMEMBERED_FRAMES]
      if (alone) alone--
    }
  }
  core.$refuse = (frame, position) => {
    const entry = frames[frame as number]?.[position]
    if (!entry || entry[3]) return entry?.[0]
    entry[3] = true
    stats.refused++
    if ((frame as number) <= acked) stats.acked--
    return entry[0]
  }
  core.$rewind = frame => {
    while (acked < sent && sent >= (frame as number)) waiting = [...(frames[sent--] as Entry[]), ...waiting]
  }
  core.$restart = () => {
    core.$rewind(null)
    sent = acked = 0
    frames = {}
  }
  core.$breakUp = () => {
    const suspects = frames[acked + 1] as Entry[]
    if (sent === acked + 1 && !suspects[1]) {
      frames[sent] = []
      leave(suspects, 'refused')
      if (alone) alone--
      return suspects[0]?.[0]
    }
    if (acked < sent) alone = suspects.length
    return
  }
  core.$lose = reason => {
    core.$restart()
    leave(waiting.splice(0), reason)
    alone = 0
  }
}
