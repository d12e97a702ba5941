/** Longer than this behind, and whoever asks is better served elsewhere, ms. */
export const READY_LAG_MS = 10_000
export const READY_AGE_MS = 10_000

/** What readiness is judged by. */
export interface Condition {
  /** Partitions whose last append was not taken. */
  readonly refusingPartitions: number
  /** Since when the oldest durable entry waits for its engine. */
  readonly lagMs: number
  /** Of the oldest figures that the board shows. */
  readonly ageMs: number
  /** Partitions behind the others. */
  readonly stalePartitions: number
}

/** Why a server is not ready: a name for programs, a sentence for people. */
export interface Reason {
  readonly code: 'logRefuses' | 'enginesBehind' | 'boardOld' | 'boardStale'
  readonly message: string
}

/** Empty: it takes events, and what it shows is of now. */
export const reasonsNotReady = ({ refusingPartitions, lagMs, ageMs, stalePartitions }: Condition): Reason[] => {
  const reasons: Reason[] = []
  if (refusingPartitions > 0) {
    reasons.push({ code: 'logRefuses', message: `the log takes nothing in ${refusingPartitions} partition(s)` })
  }
  if (lagMs > READY_LAG_MS) {
    reasons.push({ code: 'enginesBehind', message: `the engines are ${Math.round(lagMs / 1_000)} s behind the log` })
  }
  if (ageMs > READY_AGE_MS) {
    reasons.push({ code: 'boardOld', message: `the oldest figures are ${Math.round(ageMs / 1_000)} s old` })
  }
  if (stalePartitions > 0) {
    reasons.push({ code: 'boardStale', message: `${stalePartitions} partition(s) are behind the others` })
  }
  return reasons
}
