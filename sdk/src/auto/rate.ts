import { SIGNALS_A_MINUTE } from './limits.js'

const MINUTE_MS = 60_000

/** Whether a signal may be told now, which then counts. Times are in ms and never fall; of a name there is one a visit. */
export type Rate = (nowMs: number, visit: unknown, name: string) => boolean

export const createRate = (): Rate => {
  let told: number[] = []
  let ofVisit = new Set<string>()
  let current: unknown
  return (nowMs, visit, name) => {
    if (visit !== current) ofVisit = new Set()
    current = visit
    told = told.filter(atMs => nowMs - atMs < MINUTE_MS)
    if (told.length >= SIGNALS_A_MINUTE || ofVisit.has(name)) return false
    ofVisit.add(name)
    return !!told.push(nowMs)
  }
}
