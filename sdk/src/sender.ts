import { BATCH_EVENTS, FRAME_BYTES, type WelcomeFrame } from '@pulssi/protocol/client'
import type { Bounds } from './bounds.js'
import { Phase, SILENT, Turn } from './connection.js'
import { createTimer } from './environment.js'
import { EVENT_HEAD_BYTES, SILENCE_MS } from './limits.js'
import type { Outbox } from './outbox.js'
import type { Pack } from './pack.js'
import type { Wire } from './wire.js'

/** Messages a second, until the server has said more. */
const LEAST_RATE = 100

export interface Sender extends Wire, Outbox {
  /** The stream that this connection's hello named. */
  $helloStream: string
  /** Sends what may be sent. `isHeard`: the server has just said something. */
  $pump(isHeard?: boolean): void
  /** Does so soon, so that more events can share the frame. */
  $pumpSoon(): void
  /** Resolves once at most `queued` events are left (0 unless given), or nothing will ever be sent again. */
  $flush(queued?: number): Promise<void>
  /** What the server takes at a time, as it said last. */
  $limits: WelcomeFrame
}

/** Packs what the outbox gives into frames. */
export const addSender = (core: Sender, pack: Pack, bounds: Bounds): void => {
  const setPump = createTimer(core)
  const setWatch = createTimer(core)
  const waiters: (() => void)[] = []
  core.$limits = [0, 0, 0, FRAME_BYTES, BATCH_EVENTS, LEAST_RATE] as never
  core.$pump = isHeard => {
    setPump()
    while (core.$inFlight() < bounds.$maxFrames && core.$phase === Phase.open) {
      const next = core.$take(core.$limits[4], core.$limits[3] - EVENT_HEAD_BYTES)
      if (!next) break
      core.$send(pack(...next, core.$helloStream, core.$now()))
    }
    if (isHeard) setWatch()
    // A dead connection may seem open for minutes.
    setWatch(SILENCE_MS, core.$inFlight() > 0 && (() => core.$turn(Turn.dropped, 0, SILENT)))
    for (const wake of waiters.splice(0)) wake()
  }
  core.$pumpSoon = () => setPump(Math.max(bounds.$coalesceMs, 1_000 / core.$limits[5]), core.$pump)
  core.$flush = async (queued = 0) => {
    core.$pump()
    while (core.$stats.queued > queued && core.$phase < Phase.stopped)
      await new Promise<void>(wake => waiters.push(wake))
  }
}
