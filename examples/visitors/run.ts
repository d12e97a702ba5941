import { createPulse } from '@pulssi/sdk'
import type { Desk } from '../phone-desk/desk.js'
import type { Till } from '../shop/till.js'
import type { Step } from './journey.js'
import { openPages } from './pages.js'
import { openPast } from './past.js'
import { randomFrom } from './random.js'
import { openStreet } from './street.js'
import { tellNow } from './tell.js'

export interface VisitorsOptions {
  /** The aggregator's address, `http://127.0.0.1:8700`. */
  url: string
  /** A service's key, `sk_…`. */
  key: string
  /** Where visitors phone. */
  desk: Desk
  /** Where they pay. */
  till: Till
  /** The same seed brings the same visitors. */
  seed: number
  /** So many come, on average. */
  visitorsPerSecond: number
  /** So much of the time before now they have already been there; 0: none. At most PAST_MS. */
  pastMs: number
  signal: AbortSignal
}

/** The server takes no event that is a day old. */
export const PAST_MS = 23 * 3_600_000
/** The past is thinner than the present, up to so long ago: it gives charts and baselines their ground, no more. */
const PRESENT_MS = 10 * 60_000
const PAST_SHARE = 0.06
const TICK_MS = 50
const PAGE_KEY = 'pk_demo_visitors'
/** A machine that slept goes on where it was: nobody hurries to make up for it. */
const STRIDE_MS = 1_000
const PEAK_HOUR = 20

/** Of the day on this machine's clock. */
function rushAt(atMs: number): number {
  const at = new Date(atMs)
  const hour = at.getHours() + at.getMinutes() / 60
  return (1 + Math.cos(((hour - PEAK_HOUR) / 12) * Math.PI)) / 2
}

/** Lets visitors walk until `stop`, which hands in what is not yet acknowledged. Resolves once the past is told. */
export async function startVisitors(options: VisitorsOptions): Promise<{ stop(): Promise<void> }> {
  const { url, key, desk, till, visitorsPerSecond, signal } = options
  const startedMs = Date.now()
  const rateAt = (atMs: number): number =>
    atMs > startedMs - PRESENT_MS ? visitorsPerSecond : visitorsPerSecond * PAST_SHARE * (0.15 + rushAt(atMs))
  const past = openPast({ url, key, signal })
  let tell: (visitor: string, step: Step, atMs: number) => void = past.tell
  const street = openStreet(
    {
      random: randomFrom(options.seed),
      isPaymentFailing: () => till.payment() === 'failing',
      rush: rushAt,
      visitorsPerSecond: rateAt,
      tell: (visitor, step, atMs) => tell(visitor, step, atMs),
    },
    startedMs - options.pastMs,
  )
  if (options.pastMs > 0) await past.play(street, startedMs - options.pastMs)

  const pulse = createPulse({ url, key, identity: 'host', visitor: 'visitors', channel: 'web' })
  const random = randomFrom(options.seed + 1)
  const pages = openPages({ url, key: PAGE_KEY, random, isPaymentFailing: () => till.payment() === 'failing' })
  tell = (visitor, step) => {
    const isNew = step.act === 'enter' && step.touchpoint === 'shop.home'
    const page = pages.of(visitor, isNew)
    if (page === null) tellNow(pulse.as(visitor), desk, visitor, step)
    else tellNow(page.pulse, desk, page.visitor, step)
  }
  let clockMs = Date.now()
  let tickedMs = clockMs
  const timer = setInterval(() => {
    const nowMs = Date.now()
    clockMs += Math.max(0, Math.min(nowMs - tickedMs, STRIDE_MS))
    tickedMs = nowMs
    street.advance(clockMs)
  }, TICK_MS)
  const unsubscribe = till.onChange(payment => {
    if (payment === 'failing') street.alarm()
  })
  return {
    stop: async () => {
      clearInterval(timer)
      unsubscribe()
      await Promise.all([pages.stop(), pulse.close()])
    },
  }
}
