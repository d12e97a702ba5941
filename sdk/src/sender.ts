import { BATCH_EVENTS, FRAME_BYTES, Frame, type WelcomeFrame } from '@pulssi/protocol/client'
import { Phase, SILENT, Turn } from './connection.js'
import { createTimer } from './environment.js'
import { COALESCE_MS, EVENT_HEAD_BYTES, FRAMES_IN_FLIGHT, SILENCE_MS } from './limits.js'
import { byKey, type Outbox } from './outbox.js'
import { pack } from './pack.js'
import type { PulseOptions } from './types.js'
import type { Wire } from './wire.js'

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
export const addSender = (
  core: Sender,
  { framesInFlight = FRAMES_IN_FLIGHT, coalesceMs, sentAt }: PulseOptions,
): void => {
  const setPump = createTimer(core)
  const setWatch = createTimer(core)
  const waiters: (() => void)[] = []
  core.$limits = [Frame.welcome, null, 0, FRAME_BYTES, BATCH_EVENTS, 1_000 / COALESCE_MS, 0]
  core.$pump = isHeard => {
    setPump()
    while (core.$inFlight() < framesInFlight && core.$phase === Phase.open) {
      const next = core.$take(core.$limits[4], core.$limits[3] - EVENT_HEAD_BYTES)
      if (!next) break
      // A replay, which has no sentAt, keeps the order of the calls across visitors too.
      if (sentAt !== null) next[1].sort(byKey)
      core.$send(pack(...next, core.$helloStream, sentAt === null ? null : core.$now()))
    }
    if (isHeard) setWatch()
    // A dead connection may seem open for minutes.
    setWatch(SILENCE_MS, core.$inFlight() > 0 && (() => core.$turn(Turn.dropped, 0, SILENT)))
    for (const wake of waiters.splice(0)) wake()
  }
  // Frames keep within the server's rate.
  core.$pumpSoon = () => setPump(coalesceMs ?? Math.max(COALESCE_MS, 1_000 / core.$limits[5]), core.$pump)
  core.$flush = async (queued = 0) => {
    core.$pump()
    while (core.$stats.queued > queued && core.$phase < Phase.stopped)
      await new Promise<void>(wake => waiters.push(wake))
  }
}
