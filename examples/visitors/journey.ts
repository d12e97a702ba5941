import type { Random } from './random.js'

/** What a visitor does next, `afterMs` after what it did before. */
export type Step = { readonly afterMs: number } & (
  | { readonly act: 'enter' | 'leave'; readonly touchpoint: string }
  | { readonly act: 'goal'; readonly touchpoint: string; readonly value: number }
  | { readonly act: 'signal'; readonly touchpoint: string; readonly name: string }
  | { readonly act: 'smiley'; readonly touchpoint: string; readonly score: number }
  | { readonly act: 'ring' | 'answer' | 'hangUp' }
  | { readonly act: 'finish'; readonly solved: boolean; readonly csat: number | null }
)

/** Weights of the levels of a scale, lowest first. */
const MOODS = {
  product: [1, 3, 8, 6],
  paymentWell: [1, 2, 6, 4],
  paymentBroken: [8, 4, 1, 0],
  thanks: [0, 1, 4, 9],
  callSolved: [0, 1, 2, 6, 8],
  callUnsolved: [6, 5, 2, 1, 0],
} as const

/** How often payment fails on a good day, and by how much more while the card terminal is down. */
const PAYMENT_FAILS = 0.15
const PAYMENT_FAILS_MORE = 0.5

/** The card terminal is down for the last minute of every five. 0 or 1. */
export function troubleAt(elapsedMs: number): number {
  return elapsedMs % 300_000 >= 240_000 ? 1 : 0
}

/** One visitor's whole way through the shop, and to the phone where the shop failed it. */
export function journey(random: Random, trouble: number): Step[] {
  const walk = new Walk(random)
  walk.enter('shop.home')
  if (random.chance(0.2)) return walk.leave('shop.home')
  for (let seen = random.whole(1, 2); seen > 0; seen--) walk.enter('shop.product')
  if (random.chance(0.05)) walk.signal('shop.product', 'slow')
  walk.smiley('shop.product', 0.25, MOODS.product)
  if (random.chance(0.22)) return walk.leave('shop.product')
  if (random.chance(0.06)) return help(walk)
  walk.enter('checkout.cart')
  if (random.chance(0.12)) return walk.leave('checkout.cart')
  walk.enter('checkout.payment')
  return random.chance(PAYMENT_FAILS + PAYMENT_FAILS_MORE * trouble) ? paymentFails(walk) : paid(walk)
}

function paid(walk: Walk): Step[] {
  walk.smiley('checkout.payment', 0.1, MOODS.paymentWell)
  walk.enter('checkout.thanks')
  walk.goal('checkout.thanks')
  walk.smiley('checkout.thanks', 0.3, MOODS.thanks)
  return walk.leave('checkout.thanks')
}

/** An error, angry clicks, and then: on after all, away for good, to the phone at once, or to the phone later. */
function paymentFails(walk: Walk): Step[] {
  const { random } = walk
  walk.signal('checkout.payment', 'error')
  if (random.chance(0.5)) walk.signal('checkout.payment', 'rage')
  walk.smiley('checkout.payment', 0.3, MOODS.paymentBroken)
  switch (random.weighted([3, 3, 2, 3])) {
    case 0:
      return paid(walk)
    case 1:
      return walk.leave('checkout.payment')
    case 2:
      return call(walk, 0)
    default:
      walk.leave('checkout.payment')
      return call(walk, random.whole(4_000, 12_000))
  }
}

function help(walk: Walk): Step[] {
  walk.enter('shop.help')
  return walk.random.chance(0.6) ? call(walk, 0) : walk.leave('shop.help')
}

function call(walk: Walk, afterMs: number): Step[] {
  const { random, steps } = walk
  steps.push({ act: 'ring', afterMs: afterMs + random.whole(1_000, 3_000) })
  if (random.chance(0.15)) {
    steps.push({ act: 'hangUp', afterMs: random.whole(6_000, 12_000) })
    return steps
  }
  steps.push({ act: 'answer', afterMs: random.whole(2_000, 9_000) })
  const solved = random.chance(0.8)
  const mood = solved ? MOODS.callSolved : MOODS.callUnsolved
  const csat = random.chance(0.5) ? random.weighted(mood) + 1 : null
  steps.push({ act: 'finish', afterMs: random.whole(5_000, 15_000), solved, csat })
  return steps
}

/** The steps so far; every method adds what its name says after a pause that fits it. */
class Walk {
  readonly steps: Step[] = []
  readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  enter(touchpoint: string): void {
    this.steps.push({
      act: 'enter',
      touchpoint,
      afterMs: this.steps.length === 0 ? 0 : this.random.whole(1_000, 5_000),
    })
  }

  leave(touchpoint: string): Step[] {
    this.steps.push({ act: 'leave', touchpoint, afterMs: this.random.whole(500, 3_000) })
    return this.steps
  }

  goal(touchpoint: string): void {
    this.steps.push({ act: 'goal', touchpoint, value: this.random.whole(19, 149), afterMs: 0 })
  }

  signal(touchpoint: string, name: string): void {
    this.steps.push({ act: 'signal', touchpoint, name, afterMs: this.random.whole(500, 2_500) })
  }

  smiley(touchpoint: string, chance: number, mood: readonly number[]): void {
    if (!this.random.chance(chance)) return
    const score = this.random.weighted(mood) + 1
    this.steps.push({ act: 'smiley', touchpoint, score, afterMs: this.random.whole(800, 2_500) })
  }
}
