import { said, type Topic } from './comments.js'
import type { Random } from './random.js'

/** What a visitor does next, `afterMs` after what it did before. */
export type Step = { readonly afterMs: number } & (
  | { readonly act: 'enter' | 'leave'; readonly touchpoint: string }
  | { readonly act: 'goal'; readonly touchpoint: string; readonly value: number }
  | { readonly act: 'signal'; readonly touchpoint: string; readonly name: string }
  | { readonly act: 'smiley'; readonly touchpoint: string; readonly score: number; readonly comment?: string }
  /** Nothing is told: the visitor types its card's number and waits for the bank. The till is asked after it. */
  | { readonly act: 'bank' }
  | { readonly act: 'ring' | 'answer' | 'hangUp' }
  | { readonly act: 'finish'; readonly solved: boolean; readonly csat: number | null; readonly comment?: string }
)

/** What of the world a journey depends on, asked at the moment when it matters. */
export interface World {
  isPaymentFailing(): boolean
  /** 0 in the dead of night, 1 in the evening's rush. */
  rush(): number
}

/** Weights of the levels of a scale, lowest first. */
export const MOODS: Record<Topic, readonly number[]> = {
  product: [1, 3, 8, 6],
  paymentWell: [1, 2, 8, 6],
  paymentBroken: [14, 2, 0, 0],
  thanks: [0, 1, 4, 9],
  callSolved: [0, 1, 2, 6, 8],
  callUnsolved: [6, 5, 2, 1, 0],
}

const PRICES = [14, 16, 17, 19, 22, 32, 38, 57]
/** Some think again at the last moment, and a card is refused now and then, also on a good day. */
const THINK_AGAIN = 0.03
const CARDS_REFUSED = 0.025
/** While payment fails, hardly anybody gets through. */
const PAYMENTS_FAIL = 0.97

/** One visitor's whole way through the shop, and to the phone where the shop failed it. */
export function* journey(random: Random, world: World): Generator<Step, void> {
  yield { act: 'enter', touchpoint: 'shop.home', afterMs: 0 }
  if (random.chance(0.2)) return yield leave(random, 'shop.home')
  for (let seen = random.whole(1, 2); seen > 0; seen--) yield enter(random, 'shop.product')
  if (random.chance(0.02 + 0.07 * world.rush())) yield signal(random, 'shop.product', 'slow')
  if (random.chance(0.15)) yield smiley(random, 'shop.product', 'product')
  if (random.chance(0.22)) return yield leave(random, 'shop.product')
  if (random.chance(0.05)) return yield* help(random, world)
  yield enter(random, 'checkout.cart')
  if (random.chance(0.12)) return yield leave(random, 'checkout.cart')
  yield enter(random, 'checkout.payment')
  if (random.chance(THINK_AGAIN)) return yield leave(random, 'checkout.payment')
  yield* pay(random, world, 2)
}

function* pay(random: Random, world: World, tries: number): Generator<Step, void> {
  // The bank's app takes its time to ask; a card service that is down says so at once.
  const isDown = world.isPaymentFailing()
  yield { act: 'bank', afterMs: isDown ? random.whole(1_500, 4_000) : random.whole(8_000, 16_000) }
  if (world.isPaymentFailing()) {
    if (random.chance(PAYMENTS_FAIL)) return yield* paymentFails(random, world, tries - 1)
  } else if (random.chance(CARDS_REFUSED)) return yield* cardRefused(random, world, tries - 1)
  if (random.chance(0.06)) yield smiley(random, 'checkout.payment', 'paymentWell')
  // The bank leads on by itself.
  yield { act: 'enter', touchpoint: 'checkout.thanks', afterMs: random.whole(200, 1_200) }
  const value = PRICES[random.whole(0, PRICES.length - 1)] ?? 0
  yield { act: 'goal', touchpoint: 'checkout.thanks', value, afterMs: 0 }
  if (random.chance(0.3)) yield smiley(random, 'checkout.thanks', 'thanks')
  yield leave(random, 'checkout.thanks')
}

/** One's own card, one's own fault: another card, or another day. */
function* cardRefused(random: Random, world: World, tries: number): Generator<Step, void> {
  yield signal(random, 'checkout.payment', 'form')
  if (tries > 0 && random.chance(0.6)) return yield* pay(random, world, tries)
  if (random.chance(0.15)) return yield* call(random, world, random.whole(1_000, 3_000))
  yield leave(random, 'checkout.payment')
}

/** An error, and away; or angry clicks, an angry face, and then once more, away, to the phone at once or later. */
function* paymentFails(random: Random, world: World, tries: number): Generator<Step, void> {
  yield { act: 'signal', touchpoint: 'checkout.payment', name: 'error', afterMs: random.whole(50, 300) }
  if (random.chance(0.25))
    return yield { act: 'leave', touchpoint: 'checkout.payment', afterMs: random.whole(200, 600) }
  if (random.chance(0.55)) yield signal(random, 'checkout.payment', 'rage')
  if (random.chance(0.7)) yield smiley(random, 'checkout.payment', 'paymentBroken')
  switch (random.weighted([tries > 0 ? 2 : 0, 5, 2, 3])) {
    case 0:
      return yield* pay(random, world, tries)
    case 1:
      return yield leave(random, 'checkout.payment')
    case 2:
      return yield* call(random, world, random.whole(1_000, 3_000))
    default:
      yield leave(random, 'checkout.payment')
      return yield* call(random, world, random.whole(6_000, 15_000))
  }
}

function* help(random: Random, world: World): Generator<Step, void> {
  yield enter(random, 'shop.help')
  if (random.chance(0.6)) yield* call(random, world, random.whole(1_000, 3_000))
  else yield leave(random, 'shop.help')
}

/** The more of them phone, the longer they wait, and the more of them give up. */
function* call(random: Random, world: World, afterMs: number): Generator<Step, void> {
  yield { act: 'ring', afterMs }
  const isBusy = world.isPaymentFailing()
  if (random.chance(isBusy ? 0.25 : 0.08)) return yield { act: 'hangUp', afterMs: random.whole(6_000, 12_000) }
  yield { act: 'answer', afterMs: isBusy ? random.whole(6_000, 15_000) : random.whole(2_000, 9_000) }
  const solved = random.chance(isBusy ? 0.6 : 0.85)
  const afterCallMs = random.whole(5_000, 15_000)
  if (!random.chance(0.5)) return yield { act: 'finish', solved, csat: null, afterMs: afterCallMs }
  const topic = solved ? 'callSolved' : 'callUnsolved'
  const level = random.weighted(MOODS[topic])
  yield { act: 'finish', solved, csat: level + 1, ...comment(random, topic, level), afterMs: afterCallMs }
}

const enter = (random: Random, touchpoint: string): Step => ({
  act: 'enter',
  touchpoint,
  afterMs: random.whole(1_500, 6_000),
})

const leave = (random: Random, touchpoint: string): Step => ({
  act: 'leave',
  touchpoint,
  afterMs: random.whole(500, 2_000),
})

const signal = (random: Random, touchpoint: string, name: string): Step => ({
  act: 'signal',
  touchpoint,
  name,
  afterMs: random.whole(400, 1_500),
})

function smiley(random: Random, touchpoint: string, topic: Topic): Step {
  const level = random.weighted(MOODS[topic])
  return {
    act: 'smiley',
    touchpoint,
    score: level + 1,
    ...comment(random, topic, level),
    afterMs: random.whole(500, 1_500),
  }
}

function comment(random: Random, topic: Topic, level: number): { comment?: string } {
  const words = said(random, topic, level < MOODS[topic].length / 2)
  return words === null ? {} : { comment: words }
}
