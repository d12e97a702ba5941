import { type Answer, answerOf, Customers } from './customers.js'
import { DAY_MS } from './limits.js'
import type { Visit, World } from './world.js'

/** A policy that knows a visit, and when this device was asked last (−∞: never), and says by which chance to ask. */
export interface Policy {
  readonly name: string
  readonly chance: (visit: Visit, askedAt: number) => number
}

const COOLDOWN_MS = 7 * DAY_MS

export const EVERYONE: Policy = { name: 'everyone, always', chance: () => 1 }
export const COOLDOWN: Policy = {
  name: 'everyone, once in 7 days',
  chance: ({ at }, askedAt) => (at - askedAt >= COOLDOWN_MS ? 1 : 0),
}
export const fixedShare = (share: number): Policy => ({ name: `fixed ${100 * share} %`, chance: () => share })
/** By which the questions of a fixed share are known for any error. */
export const FIXED_SHARES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4]

/** What a policy asked and heard in a world. */
export interface Heard {
  /** By time. */
  readonly answers: readonly Answer[]
  /** When each question was put, rising. */
  readonly questions: readonly number[]
}

const DEVICES = 2

export const play = (world: World, { chance }: Policy): Heard => {
  const customers = new Customers(world)
  const askedAt = new Map<number, number>()
  const answers: Answer[] = []
  const questions: number[] = []
  for (const visit of world.visits) {
    const device = visit.person * DEVICES + visit.device
    const by = chance(visit, askedAt.get(device) ?? Number.NEGATIVE_INFINITY)
    if (visit.askDraw < by) {
      askedAt.set(device, visit.at)
      questions.push(visit.at)
      if (customers.ask(visit) === 'answers') {
        answers.push(answerOf(visit, by))
        continue
      }
    }
    if (customers.speaks(visit)) answers.push(answerOf(visit, null))
  }
  return { answers, questions }
}
