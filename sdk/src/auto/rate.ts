import { SIGNALS_A_MINUTE } from './limits.js'

const MINUTE_MS = 60_000

/** Whether a signal may be told now, which then counts. Times are in ms and never fall; of a name there is one a visit. */
export type Rate = (nowMs: number, visit: unknown, name: string) => boolean

export const createRate = (): Rate => {
  /** The newest first. */
  let toldMs: number[] = []
  const lastVisit: Record<string, unknown> = {}
  return (nowMs, visit, name) => {
    if (nowMs - (toldMs[SIGNALS_A_MINUTE - 1] as number) < MINUTE_MS || lastVisit[name] === visit) return false
    lastVisit[name] = visit
    toldMs = [nowMs, ...toldMs.slice(0, SIGNALS_A_MINUTE - 1)]
    return true
  }
}
