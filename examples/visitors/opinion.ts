import { ASK_FORMS, EMOTIONS, SCALE_LEVELS } from '@pulssi/protocol/client'
import type { AskFrame, Feedback } from '@pulssi/sdk'
import { said, type Topic } from './comments.js'
import { MOODS } from './journey.js'
import type { Random } from './random.js'

/** What a visitor does with a question: most let it be. */
const REACTIONS = ['ignore', 'dismiss', 'answer'] as const
export type Reaction = (typeof REACTIONS)[number]
/** Weights of the reactions. Whoever is angry has more to say. */
const CALM = [11, 3, 6]
const ANGRY = [5, 3, 12]

export const reactionOf = (random: Random, isAngry: boolean): Reaction =>
  REACTIONS[random.weighted(isAngry ? ANGRY : CALM)] ?? 'ignore'

export const topicOf = (touchpoint: string, isPaymentFailing: boolean): Topic => {
  if (touchpoint === 'checkout.payment') return isPaymentFailing ? 'paymentBroken' : 'paymentWell'
  return touchpoint === 'checkout.thanks' ? 'thanks' : 'product'
}

/** An honest answer: the mood of the place on the scale of the question, an option, or a few words. */
export function answerTo(random: Random, [, ask, , form, , options]: AskFrame, topic: Topic): Feedback {
  const weights = MOODS[topic]
  const mood = random.weighted(weights) / (weights.length - 1)
  const words = said(random, topic, mood < 0.5)
  const kind = ASK_FORMS[form] ?? 'text'
  if (kind === 'choice') return { ask, option: random.whole(0, options.length - 1) }
  if (kind === 'text') return { ask, text: words ?? 'Nothing to add.' }
  const { first, count } = SCALE_LEVELS[kind]
  const level = Math.round(mood * (count - 1))
  const score = kind === 'emotion' ? (EMOTIONS[count - 1 - level] ?? 'neutral') : first + level
  return { ask, scale: kind, score, ...(words === null ? {} : { comment: words }) }
}
