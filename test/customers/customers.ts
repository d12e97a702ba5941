import { csatOf, type Response, respond, scoreOfCsat, speaksUnasked } from '../../examples/visitors/customer.js'
import type { Visit, World } from './world.js'

/** One answer as a policy got it. */
export interface Answer {
  /** ms since the run's beginning */
  readonly at: number
  readonly touchpoint: number
  /** −1 to 1 */
  readonly score: number
  /** By which the question was put; null: told unasked. */
  readonly chance: number | null
}

/** From a question, or from a visit's beginning, to the tap. */
export const THINKS_MS = 8_000

/** All the customers of a world, who remember what they were asked. */
export class Customers {
  readonly #world: World
  /** By person: when it was asked. */
  readonly #asked = new Map<number, number[]>()

  constructor(world: World) {
    this.#world = world
  }

  /** Questions that the customer still feels. */
  askedLately(person: number, at: number): number {
    const since = at - this.#world.terms.habits.memoryMs
    return (this.#asked.get(person) ?? []).filter(time => time > since).length
  }

  /** A question is put in a visit. */
  ask({ person, at, opinion, answerDraw }: Visit): Response {
    const response = respond(this.#world.terms.habits, opinion, this.askedLately(person, at), answerDraw)
    const asked = this.#asked.get(person)
    if (asked === undefined) this.#asked.set(person, [at])
    else asked.push(at)
    return response
  }

  /** Whether the customer speaks unasked; it does so once a visit at most, and not of what it has just answered. */
  speaks({ opinion, unaskedDraw }: Visit): boolean {
    return speaksUnasked(this.#world.terms.habits, opinion, unaskedDraw)
  }
}

export const levelOf = ({ opinion }: Visit): number => csatOf(opinion)

export const answerOf = (visit: Visit, chance: number | null): Answer => ({
  at: visit.at + THINKS_MS,
  touchpoint: visit.touchpoint,
  score: scoreOfCsat(levelOf(visit)),
  chance,
})
