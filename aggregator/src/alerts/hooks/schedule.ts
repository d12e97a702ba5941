import { JITTER, LONGEST_WAIT_MS, RETRY_AFTER_MS } from '../limits.js'

/** When a message is sent again. */
export interface Schedule {
  /** From one attempt to the next; the first entry is the wait for the first attempt. */
  readonly delaysMs: readonly number[]
  /** From 0 to 1. */
  readonly random: () => number
}

/** ms that a Retry-After asks to wait, in seconds or as a date; null: it says nothing that can be understood. */
export const retryAfterMs = (text: string | undefined, now: number): number | null => {
  if (text === undefined) return null
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), RETRY_AFTER_MS)
}

/**
 * ms to wait after so many attempts; null: that was the last one. What the receiver asks for never shortens the wait.
 * @param attempts made so far, from 1
 */
export const waitMs = ({ delaysMs, random }: Schedule, attempts: number, askedMs: number | null): number | null => {
  const delayMs = delaysMs[attempts]
  if (delayMs === undefined) return null
  return Math.max(delayMs * (1 + JITTER * random()), askedMs ?? 0)
}

/** When to send: a time so far ahead is of a clock that was turned back since, and means now. */
export const dueBy = (dueAt: number, now: number): number => (dueAt > now + LONGEST_WAIT_MS ? now : dueAt)
