import { InternalAddress } from './internal.js'
import type { Answered } from './post.js'
import { retryAfterMs } from './schedule.js'

/** What an attempt came to. `reason`: a sentence without an address or a secret. */
export type Outcome =
  | { readonly type: 'delivered'; readonly status: number }
  | {
      readonly type: 'failed'
      readonly status: number | null
      readonly reason: string
      readonly askedMs: number | null
    }
  /** The receiver says that it wants nothing any more. */
  | { readonly type: 'gone'; readonly status: number }

const GONE = 410
const SLOW_DOWN: ReadonlySet<number> = new Set([429, 503])

export const outcomeOf = ({ status, retryAfter }: Answered, now: number): Outcome => {
  if (status >= 200 && status < 300) return { type: 'delivered', status }
  if (status === GONE) return { type: 'gone', status }
  const isRedirect = status >= 300 && status < 400
  const reason = isRedirect ? `it answered ${status}, and redirects are not followed` : `it answered ${status}`
  return { type: 'failed', status, reason, askedMs: SLOW_DOWN.has(status) ? retryAfterMs(retryAfter, now) : null }
}

/** Messages of the system name addresses; their codes don't. */
const reasonOf = (error: unknown): string => {
  if (error instanceof InternalAddress) return error.message
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return `it could not be reached: ${code}`
  return error instanceof Error ? error.message : 'it could not be reached'
}

export const failureOf = (error: unknown): Outcome => ({
  type: 'failed',
  status: null,
  reason: reasonOf(error),
  askedMs: null,
})
