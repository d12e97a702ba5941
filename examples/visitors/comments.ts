import type { Random } from './random.js'

/** What an answer is about. */
export type Topic = 'product' | 'paymentWell' | 'paymentBroken' | 'thanks' | 'callSolved' | 'callUnsolved'

/** So many answers come with words. */
const TALKATIVE = 0.3

const PHRASES: Record<Topic, { readonly bad: readonly string[]; readonly good: readonly string[] }> = {
  product: {
    bad: [
      'I still don’t know how strong it is.',
      'The pictures came up slowly on my phone.',
      'Is it loose leaf or bags? I had to look for it.',
      'No word on caffeine anywhere.',
    ],
    good: [
      'Lovely description, I can almost taste it.',
      'The brewing times on the page: exactly what I needed.',
      'My mother has drunk this one for years.',
      'Clear and quick. And pretty tins.',
    ],
  },
  paymentWell: {
    bad: ['Why do I have to type the card again?', 'The bank’s app took ages.'],
    good: ['Quicker than I feared.', 'No account needed, thank you.', 'One page, one button. Good.'],
  },
  paymentBroken: {
    bad: [
      'It says my bank does not answer. My bank is fine.',
      'Three tries, three errors. I give up.',
      'Has my card been charged or not?',
      'I only want my tea.',
      'Error again. And the phone line is busy too.',
      'Did the whole form anew, same error.',
    ],
    good: [],
  },
  thanks: {
    bad: ['Delivery on Friday is too late for me.'],
    good: [
      'Two minutes from the start to the end. Great.',
      'That was easy.',
      'Looking forward to the first cup.',
      'Second order this month, always smooth.',
      'Nice touch to say when it is packed.',
    ],
  },
  callSolved: {
    bad: ['Friendly, but I waited a while.'],
    good: ['She took the order by phone at once.', 'Quick and friendly.', 'A real person, what a relief.'],
  },
  callUnsolved: {
    bad: [
      'They could not say when paying works again.',
      'Was told to try tomorrow.',
      'Explained everything twice and still no tea.',
    ],
    good: ['No solution, but at least a kind voice.'],
  },
}

/** The words of an answer about this topic; null where it comes without. */
export function said(random: Random, topic: Topic, isBad: boolean): string | null {
  if (!random.chance(TALKATIVE)) return null
  const phrases = PHRASES[topic][isBad ? 'bad' : 'good']
  return phrases[random.whole(0, phrases.length - 1)] ?? null
}
