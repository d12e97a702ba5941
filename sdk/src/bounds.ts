import { COALESCE_MS, FRAMES_IN_FLIGHT, OUTBOX_BYTES, OUTBOX_EVENTS } from './limits.js'

/** What a service may set otherwise; a page takes it as it is. */
export interface Bounds {
  readonly $maxEvents: number
  readonly $maxBytes: number
  readonly $maxFrames: number
  readonly $coalesceMs: number
}

export const BOUNDS: Bounds = {
  $maxEvents: OUTBOX_EVENTS,
  $maxBytes: OUTBOX_BYTES,
  $maxFrames: FRAMES_IN_FLIGHT,
  $coalesceMs: COALESCE_MS,
}
