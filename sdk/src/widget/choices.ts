import { ASK_FORMS, type Emotion, type Scale } from '@pulssi/protocol/client'
import { face, thumb } from './elements.js'
import type { Answer } from './types.js'
import { englishOf, Word } from './words.js'

/** One thing to tap: what it answers, what it is called where that is not read on it, what is seen of it. */
export type Choice = readonly [answer: Answer, label: string, ...content: (Node | string)[]]

/** Number of levels by form, and the score of the lowest one but for emotions, as in SCALE_LEVELS. */
export const COUNTS = [2, 4, 5, 11, 7, 9]
export const firstOf = (form: number): number => form % 3 && 1

/** Where the words for both ends begin; nowhere those of emotions, which have their own. */
const ENDS = [Word.bad, Word.bad, Word.bad, Word.unlikely, Word.hard]

/** Words for both ends of a scale, or none. `form`: index into ASK_FORMS. */
export const endsOf = (form: number, words: readonly string[]): string[] => {
  const at = ENDS[form] as number
  // Nothing where nothing begins.
  return words.slice(at, at + 2)
}

/** What there is to tap on a scale, lowest level first; emotions as in EMOTIONS. `form`: index into ASK_FORMS. */
export const choicesOf = (form: number, words: readonly string[]): Choice[] => {
  const scale = ASK_FORMS[form] as Scale
  const first = firstOf(form)
  const last = (COUNTS[form] as number) - 1
  return Array.from({ length: last + 1 }, (_, index) => {
    const height = index / last
    if (form > 4) {
      const name = words[Word.delighted + index] as string
      return [{ scale, score: englishOf(Word.delighted + index) as Emotion }, '', face(1 - height), name]
    }
    const score = first + index
    const end = endsOf(form, words)[height] ?? ''
    const picture = form > 2 ? `${score}` : form ? face(height) : thumb()
    return [{ scale, score }, form ? `${score}/${first + last} ${end}` : end, picture]
  })
}
