import { REMEMBERED } from './limits.js'
import type { PulseEvent } from './types.js'

/**
 * One event on its way. `trial`: after a frame broke the grammar its events go out alone, once each: `due` goes out
 * alone next, `done` has been out alone.
 */
export interface Entry {
  readonly event: PulseEvent
  /** null: the SDK's own */
  readonly visitor: string | null
  readonly stream: string
  readonly seq: number
  /** ms since 1970 */
  readonly at: number
  readonly sizeBytes: number
  /** Number of its frame while in flight, 0 while waiting. */
  frame: number
  /** Its place among the frame's events. */
  position: number
  trial?: 'due' | 'done'
  /** The server has refused it. */
  refused?: boolean
}

const worthMore = ({ event }: Entry) => event.kind === 'goal' || event.kind === 'feedback'

/**
 * Events from their call to their acknowledgement, in order: those in flight first. The drop policy, where there is
 * no room: the oldest waiting enter, leave, signal, link or ask goes; is none waiting, a goal or feedback displaces
 * the oldest waiting goal or feedback, anything else goes itself. What is in flight never goes.
 */
export class Outbox {
  queue: Entry[] = []
  /** Acknowledged lately: a late refusal can still name them. */
  #recent: Entry[] = []
  readonly #maxBytes: number
  #bytes = 0
  #nextFrame = 1

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Frames. */
  get inFlight(): number {
    const frame = this.queue[0]?.frame
    return frame ? this.#nextFrame - frame : 0
  }

  hasRoom(sizeBytes: number, maxEvents: number): boolean {
    return this.queue.length < maxEvents && this.#bytes + sizeBytes <= this.#maxBytes
  }

  /** Returns how many events went for want of room, perhaps this one. */
  add(entry: Entry, maxEvents: number): number {
    let gone = 0
    for (; !this.hasRoom(entry.sizeBytes, maxEvents); gone++) {
      const waiting = this.queue.filter(other => !other.frame)
      const victim = waiting.find(other => !worthMore(other)) ?? (worthMore(entry) && waiting[0])
      if (!victim) return gone + 1
      this.remove(other => other === victim)
    }
    this.queue.push(entry)
    this.#bytes += entry.sizeBytes
    return gone
  }

  /** The events of the next frame, now in flight, each visitor's together; none if none may go. */
  take(maxEvents: number, maxBytes: number): readonly Entry[] {
    const [oldest] = this.queue
    const waiting = this.queue.filter(({ frame }) => !frame)
    const alone = waiting[0]?.trial === 'due'
    const groups = new Map<string, Entry[]>()
    if (oldest?.frame && (alone || (oldest.trial && this.queue[1]?.frame !== oldest.frame))) return []
    let bytes = 0
    for (const entry of waiting.slice(0, alone ? 1 : maxEvents)) {
      bytes += entry.sizeBytes
      if (groups.size > 0 && (bytes > maxBytes || entry.trial === 'due')) break
      if (alone) entry.trial = 'done'
      const key = entry.visitor + entry.stream
      groups.set(key, [...(groups.get(key) ?? []), entry])
    }
    const entries = [...groups.values()].flat()
    entries.forEach((entry, position) => {
      entry.frame = this.#nextFrame
      entry.position = position
    })
    if (entries[0]) this.#nextFrame++
    return entries
  }

  /** Frames up to this one are stored. Returns their events. */
  acknowledge(frame: number): readonly Entry[] {
    const acked = this.remove(entry => entry.frame && entry.frame <= frame)
    this.#recent = [...this.#recent, ...acked].slice(-REMEMBERED)
    return acked
  }

  /** An event that is in flight or was acknowledged lately. */
  find(frame: number, position: number): Entry | undefined {
    return [...this.queue, ...this.#recent].find(entry => entry.frame === frame && entry.position === position)
  }

  /** Frames from this one on weren't taken: they go back, and this number comes next. */
  rewind(frame: number): void {
    for (const entry of this.queue) if (entry.frame >= frame) entry.frame = 0
    this.#nextFrame = Math.min(this.#nextFrame, frame)
  }

  /** A new connection: everything goes back, the next frame is the first. */
  restart(): void {
    this.rewind(1)
    this.#recent = []
  }

  /**
   * A frame broke the grammar: of the first in flight, what has been out alone before is dropped and returned, the
   * others go out alone next.
   */
  breakUp(): readonly Entry[] {
    const broken = this.queue[0]?.frame
    const culprits = this.remove(({ frame, trial }) => frame && frame === broken && trial === 'done')
    for (const entry of this.queue) if (broken && entry.frame === broken) entry.trial = 'due'
    return culprits
  }

  /** Returns what went. */
  remove(test: (entry: Entry) => unknown): Entry[] {
    const removed = this.queue.filter(test)
    this.queue = this.queue.filter(entry => !test(entry))
    for (const { sizeBytes } of removed) this.#bytes -= sizeBytes
    return removed
  }
}
