import type { Bounds } from './bounds.js'
import { REMEMBERED_FRAMES } from './limits.js'
import type { Lost, PulseEvent, Stats } from './types.js'

/** An event that is complete. */
export type Numbered = PulseEvent & { stream: string; seq: number; at: number }

/**
 * One event on its way. `sizeBytes`: what it takes in a frame, at most. `key`: of its visitor's stream. `isSettled`: it
 * is counted already, or not to be counted; it goes alone.
 */
export type Entry = [event: Numbered, sizeBytes: number, key: string, isSettled?: boolean]

export interface Outbox {
  $stats: Stats
  /** Not in flight, the oldest first. */
  $waiting: Entry[]
  /** Frames. */
  $inFlight(): number
  /** Whether one more event, of so many bytes, is too much. */
  $lacksRoom(maxEvents: number, sizeBytes: number): boolean
  $add(maxEvents: number, entry: Entry): void
  /** These are in the outbox no more. */
  $leave(entries: readonly Entry[], became: string, counts?: object): void
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

/** How much there is in the outbox, what may come in, and what became of what is out. */
const addRoom = (core: Outbox, bounds: Bounds): Stats => {
  const lost: Lost = { overflow: 0, refused: 0, consent: 0, closed: 0, stopped: 0 }
  const stats: Stats = { sent: 0, acked: 0, refused: 0, lost, queued: 0 }
  let bytes = 0
  core.$leave = (entries, reason, counts = lost) => {
    for (const [, sizeBytes, , isSettled] of entries) {
      stats.queued--
      bytes -= sizeBytes
      if (!isSettled) ((counts as Counts)[reason] as number)++
    }
  }
  core.$stats = stats
  core.$waiting = []
  core.$lacksRoom = (maxEvents, sizeBytes) => stats.queued >= maxEvents || bytes + sizeBytes > bounds.$maxBytes
  core.$add = (maxEvents, entry) => {
    core.$waiting.push(entry)
    stats.queued++
    bytes += entry[1]
    while (core.$lacksRoom(maxEvents + 1, 0))
      core.$leave(
        core.$waiting.splice(
          core.$waiting.findIndex(([{ kind }]) => !/^[gf]/.test(kind)),
          1,
        ),
        'overflow',
      )
  }
  return stats
}

/**
 * Events from their call to their acknowledgement. Each is in a frame in flight or waits; all are `queued` in `stats`
 * until they are counted there as something else.
 *
 * The drop policy, where there is no room: the oldest waiting enter, leave, signal, link or ask goes, perhaps the new
 * one; is there none, the new goal, feedback or erasure. What is in flight never goes.
 *
 * After a frame broke the grammar the events of the oldest one in flight go out alone, each after the ack of the one
 * before. A frame that breaks with one event, alone on the way, names the culprit.
 *
 * `frames` has by number, from 1, those in flight, above `acked`, and some before. `alone`: so many of the oldest are
 * yet to be acknowledged alone.
 */
export const addOutbox = (core: Outbox, bounds: Bounds): void => {
  const stats = addRoom(core, bounds)
  let frames: Record<number, Entry[]> = {}
  let [sent, acked, alone] = [0, 0, 0]
  core.$inFlight = () => sent - acked
  core.$take = (maxEvents, maxBytes) => {
    let count = 0
    for (const entry of core.$waiting) {
      maxBytes -= entry[3] ? Infinity : entry[1]
      if (count === (alone ? +(sent === acked) : maxEvents) || (count && maxBytes < 0)) break
      count++
    }
    if (!count) return
    stats.sent += count
    frames[++sent] = core.$waiting.splice(0, count)
    return [sent, frames[sent] as Entry[]]
  }
  core.$acknowledge = frame => {
    while (acked < sent && acked < frame) {
      core.$leave(frames[++acked] as Entry[], 'acked', stats)
      delete frames[acked - REMEMBERED_FRAMES]
      if (alone) alone--
    }
  }
  core.$refuse = (frame, position) => {
    const entry = frames[frame as number]?.[position]
    if (entry && !entry[3]) {
      entry[3] = true
      stats.refused++
      if ((frame as number) <= acked) stats.acked--
    }
    return entry?.[0]
  }
  core.$rewind = frame => {
    while (acked < sent && sent >= (frame as number)) core.$waiting = [...(frames[sent--] as Entry[]), ...core.$waiting]
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
      core.$leave(suspects, 'refused')
      if (alone) alone--
      return suspects[0]?.[0]
    }
    if (acked < sent) alone = suspects.length
    return
  }
  core.$lose = reason => {
    core.$restart()
    core.$leave(core.$waiting.splice(0), reason)
    alone = 0
  }
}
