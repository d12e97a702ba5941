import { STREAM_LIFE_MS } from '@pulssi/protocol/client'
import { Turn } from './connection.js'
import { whoSpeaks } from './identity.js'
import type { Outbox } from './outbox.js'
import type { PulseEvent, PulseOptions } from './types.js'
import type { Wire } from './wire.js'

export interface Speaker extends Wire, Outbox {
  /** Place in IDENTITIES; `day` is 0. */
  $identity: number
  /** null: the server gives one in its welcome. */
  $visitor: string | null
  $stream: string
  /** Finds out who speaks: with consent only. */
  $begin(): void
  /** A new stream, in which every visitor begins at 0: a number is never given twice in one stream. */
  $renew(): void
  /** Gives the event its stream and the next number in it. Renews a stream that is too old. */
  $number(event: PulseEvent): void
}

/** Who speaks, in which stream, and the next number in it. */
export const addSpeaker = (core: Speaker, { identity = 'day', visitor }: PulseOptions): void => {
  let bornAt: number
  let seq: number
  core.$visitor = null
  core.$begin = () => {
    ;[core.$identity, core.$visitor] = whoSpeaks(identity, visitor, core.$makeId)
  }
  core.$renew = () => {
    core.$stream = core.$makeId()
    bornAt = core.$now()
    seq = 0
  }
  core.$renew()
  core.$number = event => {
    if (core.$now() - bornAt >= STREAM_LIFE_MS) {
      core.$renew()
      // A `day` visitor lives no longer than its stream: the server gives the next hello a new one.
      if (core.$phase && !core.$identity && !core.$stats.queued) {
        core.$turn(Turn.halt)
        core.$begin()
        core.$turn(Turn.start)
      }
    }
    event.stream = core.$stream
    event.seq = seq++
  }
}
