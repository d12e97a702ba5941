/**
 * Sees what a doorkeeper sees: who came when, who was asked when, what came of it, and who said to be whose customer; and
 * says where somebody was asked above the budget. Times in ms.
 */
export interface Budget {
  readonly sessionMs: number
  readonly everyMs: number
  readonly afterAnswerMs: number
  readonly afterDismissalMs: number
  readonly mostMs: number
}

/** What binds of one visitor before a link is known to everybody after so long. */
export const LINK_SETTLES_MS = 60_000

interface Past {
  readonly came: number[]
  readonly asked: number[]
  readonly answered: number[]
  readonly dismissed: number[]
}

export interface Breach {
  readonly at: number
  readonly visitor: string
  readonly rule: 'session' | 'every' | 'afterAnswer' | 'afterDismissal'
}

export class Auditor {
  readonly breaches: Breach[] = []
  asked = 0
  /** Of the asks, those put to somebody of whom more than one visitor is known. */
  askedOfLinked = 0
  readonly #budget: Budget
  readonly #pasts = new Map<string, Past>()
  readonly #customerOf = new Map<string, { readonly customer: string; readonly since: number }>()
  readonly #visitorsOf = new Map<string, string[]>()
  readonly #ids = new Set<string>()

  constructor(budget: Budget) {
    this.#budget = budget
  }

  came(at: number, visitor: string): void {
    this.#past(visitor).came.push(at)
  }

  answered(at: number, visitor: string): void {
    this.#past(visitor).answered.push(at)
  }

  dismissed(at: number, visitor: string): void {
    this.#past(visitor).dismissed.push(at)
  }

  linked(at: number, visitor: string, customer: string): void {
    if (this.#customerOf.has(visitor)) return
    this.#customerOf.set(visitor, { customer, since: at })
    this.#visitorsOf.set(customer, [...(this.#visitorsOf.get(customer) ?? []), visitor])
  }

  put(at: number, visitor: string, id: string): void {
    const key = `${visitor} ${id}`
    if (this.#ids.has(key)) throw new Error(`${key} was put twice`)
    this.#ids.add(key)
    this.asked++
    const pasts = this.#known(at, visitor)
    if (pasts.length > 1) this.askedOfLinked++
    const breach = (rule: Breach['rule']): unknown => this.breaches.push({ at, visitor, rule })
    const { everyMs, afterAnswerMs } = this.#budget
    const last = (times: (past: Past) => readonly number[]): number => Math.max(...pasts.flatMap(times), -Infinity)
    const lastAsked = last(({ asked }) => asked)
    if (at - lastAsked < everyMs) breach('every')
    if (this.#isSameSession(pasts, lastAsked, at)) breach('session')
    if (at - last(({ answered }) => answered) < afterAnswerMs) breach('afterAnswer')
    if (at - last(({ dismissed }) => dismissed) < this.#backOff(pasts)) breach('afterDismissal')
    this.#past(visitor).asked.push(at)
  }

  /** No silence as long as a session's end lies between. */
  #isSameSession(pasts: readonly Past[], from: number, until: number): boolean {
    if (!Number.isFinite(from)) return false
    const heard = pasts.flatMap(past => [...past.came, ...past.answered, ...past.dismissed])
    const between = [...heard.filter(at => at > from && at < until), until].sort((a, b) => a - b)
    let before = from
    for (const at of between) {
      if (at - before >= this.#budget.sessionMs) return false
      before = at
    }
    return true
  }

  /** Doubled with each dismissal since the last answer. */
  #backOff(pasts: readonly Past[]): number {
    const answered = Math.max(...pasts.flatMap(past => past.answered), -Infinity)
    // Two visitors' dismissals before they were known to be one person need not be added up.
    const times = Math.max(...pasts.map(({ dismissed }) => dismissed.filter(at => at > answered).length))
    const { afterDismissalMs, mostMs } = this.#budget
    return times === 0 ? 0 : Math.max(afterDismissalMs, Math.min(mostMs, afterDismissalMs * 2 ** (times - 1)))
  }

  /** What is known of the person at this time: of the visitor itself, and of others of the same customer. */
  #known(at: number, visitor: string): Past[] {
    const link = this.#customerOf.get(visitor)
    const isSettled = (one: string): boolean => at - (this.#customerOf.get(one)?.since ?? at) >= LINK_SETTLES_MS
    if (link === undefined || !isSettled(visitor)) return [this.#past(visitor)]
    const others = (this.#visitorsOf.get(link.customer) ?? []).filter(one => one !== visitor && isSettled(one))
    return [visitor, ...others].map(one => this.#past(one))
  }

  #past(visitor: string): Past {
    const known = this.#pasts.get(visitor)
    if (known !== undefined) return known
    const past: Past = { came: [], asked: [], answered: [], dismissed: [] }
    this.#pasts.set(visitor, past)
    return past
  }
}
