/**
 * When batches are due. A batch that goes late because the server lags is still measured from when it was due, or the
 * waiting that real visitors would have had would be left out of the figures.
 */
export type Pace =
  /** As soon as there is room for it. */
  | { readonly is: 'free' }
  /** `firstMs`, then one every `everyMs`; ms as `performance.now()` counts. */
  | { readonly is: 'even'; readonly firstMs: number; readonly everyMs: number }

/** `startMs`: when the run begins; connections take turns within one period. */
export const paceOf = (
  ratePerSecond: number | null,
  batch: number,
  startMs: number,
  index: number,
  connections: number,
): Pace => {
  if (ratePerSecond === null) return { is: 'free' }
  const everyMs = (batch * connections * 1_000) / ratePerSecond
  return { is: 'even', firstMs: startMs + (everyMs * index) / connections, everyMs }
}

/** When the nth batch, from 0, is due. */
export const dueMs = (pace: Pace, n: number, nowMs: number): number =>
  pace.is === 'free' ? nowMs : pace.firstMs + n * pace.everyMs
