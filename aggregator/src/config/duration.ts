import { z } from 'zod'

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const FORM = /^(\d{1,12})(ms|s|m|h|d)$/

/** ms of "250ms", "30s", "30m", "48h" or "5d"; null for anything else. */
export const parseDuration = (text: string): number | null => {
  const parts = FORM.exec(text)
  if (parts === null) return null
  return Number(parts[1]) * UNIT_MS[parts[2] as keyof typeof UNIT_MS]
}

/** The shortest way to write a duration, for messages. */
export const formatDuration = (ms: number): string => {
  for (const unit of ['d', 'h', 'm', 's'] as const) if (ms % UNIT_MS[unit] === 0) return `${ms / UNIT_MS[unit]}${unit}`
  return `${ms}ms`
}

const HOW = 'write a whole number and a unit, such as "30s", "30m", "48h" or "5d"'

const durationFrom = (leastMs: number) =>
  z.string({ error: `is no duration: ${HOW}` }).transform((text, context) => {
    const ms = parseDuration(text)
    if (ms !== null && ms >= leastMs) return ms
    const message = ms === null ? `"${text}" is no duration: ${HOW}` : `"${text}" is too short: it must be over 0`
    context.issues.push({ code: 'custom', message, input: text })
    return z.NEVER
  })

/** A duration in the file, ms once read. */
export const duration = durationFrom(1)
/** A duration that may be nothing at all ("0s"). */
export const durationOrNone = durationFrom(0)
