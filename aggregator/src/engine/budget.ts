import type { AskBudget } from './config.js'
import { LINK_MEMORY_MS } from './limits.js'
import { type Bounds, isLinked, type Person } from './people.js'

/** Other partitions tell of a visit this much later than it took place, at most, as a share of a session. */
const TOLD_SHARE = 1 / 3

/** How long after the last one another visit is worth telling the customer's partition, ms. */
export const tellAgainMs = ({ sessionMs }: AskBudget): number => sessionMs * TOLD_SHARE

/** The person is there. `isTold`: of some visits it is heard late, so that a silence must be longer to be one. */
export function hear(person: Bounds & { isTold: boolean }, clock: number, budget: AskBudget): void {
  const silenceMs = person.isTold ? budget.sessionMs + tellAgainMs(budget) : budget.sessionMs
  if (clock - person.heardAt >= silenceMs) person.isAsked = false
  person.heardAt = Math.max(person.heardAt, clock)
}

const backOffMs = ({ dismissals }: Bounds, { afterDismissalMs, mostMs }: AskBudget): number =>
  dismissals === 0 ? 0 : Math.max(afterDismissalMs, Math.min(mostMs, afterDismissalMs * 2 ** (dismissals - 1)))

/** Until when nobody may ask the person, ms since 1970, whatever the session. */
export const boundUntil = (bounds: Bounds, budget: AskBudget): number =>
  Math.max(
    bounds.askedAt === 0 ? 0 : bounds.askedAt + budget.everyMs,
    bounds.answeredAt === 0 ? 0 : bounds.answeredAt + budget.afterAnswerMs,
    bounds.dismissedAt === 0 ? 0 : bounds.dismissedAt + backOffMs(bounds, budget),
  )

export const mayAsk = (bounds: Bounds, clock: number, budget: AskBudget): boolean =>
  !bounds.isAsked && clock >= boundUntil(bounds, budget)

/** Two histories of what turned out to be one person. */
export function join(into: Bounds, other: Bounds): void {
  into.isAsked = into.isAsked || other.isAsked
  into.dismissals = Math.max(into.dismissals, other.dismissals)
  for (const time of ['heardAt', 'askedAt', 'answeredAt', 'dismissedAt'] as const) {
    into[time] = Math.max(into[time], other[time])
  }
}

/** Whether nothing of a person binds anybody any more. */
export const isForgettable = (person: Person, clock: number, budget: AskBudget): boolean =>
  person.pending === null &&
  person.replies.every(({ until }) => until < clock) &&
  clock >= boundUntil(person, budget) &&
  // Another dismissal would weigh more.
  (person.dismissals === 0 || clock - person.dismissedAt > 2 * Math.max(budget.mostMs, budget.afterDismissalMs)) &&
  clock - person.heardAt > 2 * budget.sessionMs &&
  (!isLinked(person) || clock - person.heardAt > LINK_MEMORY_MS)
