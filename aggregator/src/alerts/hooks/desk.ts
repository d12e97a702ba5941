import type { Hook } from '../../config/index.js'
import type { Outcome } from './outcome.js'

/** One hook as it stands. */
export class Desk {
  readonly name: string
  readonly hook: Hook
  readonly #form: string
  /** Attempts that wait for their answer. */
  underWay = 0
  delivered = 0
  failed = 0
  givenUp = 0
  /** The receiver has said that it is gone: nothing is sent until the hook is changed, or the server started anew. */
  #isGone = false
  /** The last attempt, ms since 1970 and what came of it; null: there was none. */
  last: { readonly at: number; readonly status: number | null; readonly reason: string | null } | null = null

  constructor(name: string, hook: Hook) {
    this.name = name
    this.hook = hook
    this.#form = JSON.stringify(hook)
  }

  get isOpen(): boolean {
    return !this.#isGone
  }

  isFor(hook: Hook): boolean {
    return this.#form === JSON.stringify(hook)
  }

  note(outcome: Outcome, now: number): void {
    const reason = outcome.type === 'failed' ? outcome.reason : null
    this.last = { at: now, status: outcome.status, reason }
    if (outcome.type === 'gone') this.#isGone = true
    if (outcome.type === 'delivered') this.delivered++
    else this.failed++
  }
}
