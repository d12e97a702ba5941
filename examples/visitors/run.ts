import { createPulse, type Events } from '@pulssi/sdk'
import type { Desk } from '../phone-desk/desk.js'
import { journey, type Step, troubleAt } from './journey.js'
import { randomFrom } from './random.js'

export interface VisitorsOptions {
  /** The aggregator's socket, `ws://127.0.0.1:8700/v1/ws`. */
  url: string
  /** A service's key, `sk_…`. */
  key: string
  /** Where visitors phone. */
  desk: Desk
  /** The same seed brings the same visitors. */
  seed: number
  /** Bound and, after the first seconds, the steady rate. A step beyond it waits. */
  eventsPerSecond: number
}

/** Customers of the shop. Each comes back again and again, so that memory stays what it is after the first hour. */
const CUSTOMERS = 2_000
/** Visitors on their way at once, for each event a second: beyond it nobody new comes. */
const WALKERS_PER_EVENT = 4
const TICK_MS = 50

interface Walker {
  readonly visitor: string
  readonly steps: readonly Step[]
  next: number
  dueMs: number
}

/** Lets visitors walk until `stop`, which hands in what is not yet acknowledged. */
export function startVisitors(options: VisitorsOptions): { stop(): Promise<void> } {
  const { desk, eventsPerSecond } = options
  const random = randomFrom(options.seed)
  const pulse = createPulse({
    url: options.url,
    key: options.key,
    identity: 'host',
    visitor: 'visitors',
    channel: 'web',
  })
  const startedMs = performance.now()
  const walkers = new Map<string, Walker>()
  let allowance = 0
  let tickedMs = startedMs

  const invite = (nowMs: number): Walker | null => {
    const visitor = `customer-${random.whole(1, CUSTOMERS)}`
    if (walkers.has(visitor)) return null
    const walker = { visitor, steps: journey(random, troubleAt(nowMs - startedMs)), next: 0, dueMs: nowMs }
    walkers.set(visitor, walker)
    return walker
  }
  const walk = (walker: Walker, nowMs: number): void => {
    const step = walker.steps[walker.next]
    if (step !== undefined) take(step, pulse.as(walker.visitor), desk, walker.visitor)
    const following = walker.steps[++walker.next]
    if (following === undefined) walkers.delete(walker.visitor)
    else walker.dueMs = nowMs + following.afterMs
  }
  const tick = (): void => {
    const nowMs = performance.now()
    allowance = Math.min(eventsPerSecond, allowance + ((nowMs - tickedMs) * eventsPerSecond) / 1000)
    tickedMs = nowMs
    const due = [...walkers.values()].filter(walker => walker.dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs)
    for (const walker of due.slice(0, Math.floor(allowance))) {
      allowance--
      walk(walker, nowMs)
    }
    while (allowance >= 1 && walkers.size < eventsPerSecond * WALKERS_PER_EVENT) {
      allowance--
      const walker = invite(nowMs)
      if (walker !== null) walk(walker, nowMs)
    }
  }
  const timer = setInterval(tick, TICK_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await pulse.close()
    },
  }
}

function take(step: Step, page: Events, desk: Desk, visitor: string): void {
  switch (step.act) {
    case 'enter':
      return page.enter(step.touchpoint)
    case 'leave':
      return page.leave(step.touchpoint)
    case 'goal':
      return page.goal(step.touchpoint, { value: step.value })
    case 'signal':
      return page.signal(step.touchpoint, step.name)
    case 'smiley':
      return page.feedback(step.touchpoint, { scale: 'smiley', score: step.score })
    case 'ring':
      return desk.ring(visitor)
    case 'answer':
      return desk.answer(visitor)
    case 'hangUp':
      return desk.hangUp(visitor)
    case 'finish':
      return desk.finish(visitor, step)
    default:
      return step satisfies never
  }
}
