import { journey, type Step, type World } from './journey.js'
import type { Random } from './random.js'

/** Customers of the shop. Each comes back now and then, so that memory stays what it is after the first hours. */
const CUSTOMERS = 60_000
/** Visitors on their way at once. Beyond: whoever comes turns round at the door. */
const WALKERS = 5_000
/** Once the card service is down, whoever waits for it knows within so long. */
const NEWS_MS = 1_500

export interface StreetOptions {
  readonly random: Random
  readonly isPaymentFailing: () => boolean
  /** 0 in the dead of night, 1 in the evening's rush. */
  readonly rush: (atMs: number) => number
  /** Visitors who come a second, on average, at this time. Over 0. */
  readonly visitorsPerSecond: (atMs: number) => number
  /** Hears of every step as it is taken. */
  readonly tell: (visitor: string, step: Step, atMs: number) => void
}

/** The visitors and their time, which goes on only when it is told to. */
export interface Street {
  /** Lets everything happen up to this time, each thing in its order. ms since 1970; never back. */
  advance(toMs: number): void
  /** The card service went down: whoever waits for the bank gets its answer now. */
  alarm(): void
}

interface Walker {
  readonly visitor: string
  readonly steps: Generator<Step, void>
  step: Step
  dueMs: number
}

export function openStreet(options: StreetOptions, fromMs: number): Street {
  const { random, visitorsPerSecond, tell } = options
  const walkers = new Map<string, Walker>()
  let clockMs = fromMs
  let comesMs = fromMs
  const world: World = { isPaymentFailing: options.isPaymentFailing, rush: () => options.rush(clockMs) }

  const goOn = (walker: Walker): void => {
    const next = walker.steps.next()
    if (next.done === true) {
      walkers.delete(walker.visitor)
      return
    }
    walker.step = next.value
    walker.dueMs = clockMs + next.value.afterMs
  }
  const invite = (): void => {
    comesMs = clockMs + Math.ceil((-Math.log(1 - random.next()) * 1_000) / visitorsPerSecond(clockMs))
    const visitor = `customer-${random.whole(1, CUSTOMERS)}`
    if (walkers.has(visitor) || walkers.size >= WALKERS) return
    const steps = journey(random, world)
    const first = steps.next()
    if (first.done !== true) walkers.set(visitor, { visitor, steps, step: first.value, dueMs: clockMs })
  }
  const nextWalker = (): Walker | null => {
    let found: Walker | null = null
    for (const walker of walkers.values()) if (found === null || walker.dueMs < found.dueMs) found = walker
    return found
  }
  return {
    advance: toMs => {
      for (;;) {
        const walker = nextWalker()
        const atMs = Math.min(comesMs, walker?.dueMs ?? comesMs)
        if (atMs > toMs) break
        clockMs = atMs
        if (walker === null || comesMs < walker.dueMs) {
          invite()
          continue
        }
        tell(walker.visitor, walker.step, clockMs)
        goOn(walker)
      }
      clockMs = Math.max(clockMs, toMs)
    },
    alarm: () => {
      for (const walker of walkers.values()) {
        if (walker.step.act === 'bank') walker.dueMs = Math.min(walker.dueMs, clockMs + random.whole(100, NEWS_MS))
      }
    },
  }
}
