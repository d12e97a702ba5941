import { setTimeout as pause } from 'node:timers/promises'
import { headers, nuid } from '@nats-io/transport-node'
import type { Clock } from '../ports.js'
import { ACK_MS, SKEW_MS } from './limits.js'
import type { Link } from './link.js'
import { type Verdict, verdictOf } from './verdict.js'

/** Names an entry for good, whichever publish of it was stored. */
const ENTRY_HEADER = 'Pulssi-Entry'

/** `undecided`: the answer got lost, and the part of the log that could tell was trimmed. */
export type Answer =
  | { readonly is: 'stored'; readonly sequence: number }
  | { readonly is: 'undecided'; readonly why: string }
  | Verdict

export interface SendingOptions {
  readonly link: Link
  readonly stream: string
  /** A subject under which nobody else writes. */
  readonly subject: string
  readonly clock: Clock
  readonly ackMs?: number
}

/**
 * Publishes entries so that each is stored once at most. Every publish says which message must be the last one under
 * this writer's own subject; whatever is sent again, or comes late over a connection given up long ago, then finds
 * another one there and is refused. Others' entries in between don't matter, as they have subjects of their own.
 */
export class Sending {
  readonly #options: SendingOptions
  /** Sequence of the last message under the subject, as far as known; 0: none. */
  #last = 0

  constructor(options: SendingOptions) {
    this.#options = options
  }

  get entryBytes(): number {
    return this.#options.link.messageBytes
  }

  get isUp(): boolean {
    return this.#options.link.isUp
  }

  get isClosed(): boolean {
    return this.#options.link.isClosed
  }

  /** Resolves once the link stands or is closed, after a pause of `pauseMs`. */
  async settled(pauseMs: number): Promise<void> {
    await this.#options.link.settled()
    await pause(pauseMs)
  }

  /** `publish` may be called again and again; the entry is stored once. */
  entry(bytes: Uint8Array): { publish(): Promise<Answer> } {
    const id = nuid.next()
    const { clock } = this.#options
    const [after, firstSentAt] = [this.#last, clock.now()]
    let isRepeat = false
    const find = async (): Promise<Answer> => {
      try {
        return await this.#find(id, isRepeat ? { after, firstSentAt } : null)
      } catch {
        return isRepeat ? { is: 'unknown' } : { is: 'refused', why: 'the log could not be read' }
      }
    }
    const publish = async (): Promise<Answer> => {
      if (isRepeat) {
        // Before it is sent again: with the stored one trimmed meanwhile, what must be last would be there again.
        const found = await find()
        if (found.is !== 'conflict') return found
      }
      const answer = await this.#publish(id, bytes)
      isRepeat ||= answer.is === 'unknown'
      return answer.is === 'conflict' ? find() : answer
    }
    return { publish }
  }

  async #publish(id: string, bytes: Uint8Array): Promise<Answer> {
    const { link, subject, ackMs = ACK_MS } = this.#options
    const named = headers()
    named.set(ENTRY_HEADER, id)
    const options = { headers: named, expect: { lastSubjectSequence: this.#last }, timeout: ackMs }
    try {
      const { seq } = await link.during(() => link.jetstream.publish(subject, bytes, options))
      this.#last = seq
      return { is: 'stored', sequence: seq }
    } catch (error) {
      return verdictOf(error)
    }
  }

  /** What is last under the subject; `doubt`: since when the entry may be there, if any publish of it had no answer. */
  async #find(id: string, doubt: { readonly after: number; readonly firstSentAt: number } | null): Promise<Answer> {
    const { link, stream, subject } = this.#options
    const { manager } = link
    const found = await link.during(() => manager.streams.getMessage(stream, { last_by_subj: subject }))
    this.#last = found?.seq ?? 0
    if (found?.header.get(ENTRY_HEADER) === id) return { is: 'stored', sequence: found.seq }
    if (found === null && doubt !== null) {
      const { state } = await link.during(() => manager.streams.info(stream))
      const keptSince = state.messages > 0 ? Date.parse(state.first_ts) : Number.POSITIVE_INFINITY
      // What is kept reaches back before the first publish: had it been stored, it would still be there.
      const isTrimmed = state.first_seq > doubt.after + 1 && keptSince + SKEW_MS > doubt.firstSentAt
      if (isTrimmed && state.last_seq > doubt.after)
        return { is: 'undecided', why: 'the log was trimmed before it was known whether an entry was stored' }
    }
    return { is: 'conflict' }
  }
}
