import { ASK_FORMS, EMOTIONS, type Emotion, type Scale } from '@pulssi/protocol/client'
import { face, thumb } from './elements.js'
import type { Answer } from './types.js'
import { Word } from './words.js'

/** One thing to tap: what it answers, what it is called where that is not read on it, what is seen of it. */
export type Choice = readonly [answer: Answer, label: string, ...content: (Node | string)[]]

/** Number of levels by form, and the score of the lowest one, as in SCALE_LEVELS. */
export const COUNTS = [2, 4, 5, 11, 7, 9]
export const FIRSTS = [0, 1, 1, 0, 1, 0]

/** Words for both ends of a scale; none for emotions, which have their own. `form`: index into ASK_FORMS. */
export const endsOf = (form: number, words: readonly string[]): string[] => {
  const at = Word.bad + 2 * Math.max(0, form - 2)
  return form < 5 ? words.slice(at, at + 2) : []
}

/** What there is to tap on a scale, lowest level first; emotions as in EMOTIONS. `form`: index into ASK_FORMS. */
export const choicesOf = (form: number, words: readonly string[]): Choice[] => {
  const scale = ASK_FORMS[form] as Scale
  const first = FIRSTS[form] as number
  const last = (COUNTS[form] as number) - 1
  return Array.from({ length: last + 1 }, (_, index) => {
    const mood = (2 * index) / last - 1
    const score = form > 4 ? (EMOTIONS[index] as Emotion) : first + index
    const end = endsOf(form, words)[(mood + 1) / 2] ?? ''
    const label = form > 4 ? (words[Word.delighted + index] as string) : form ? `${score}/${first + last} ${end}` : end
    if (form > 2 && form < 5) return [{ scale, score }, label, `${score}`]
    const picture = form ? face(form > 4 ? -mood : mood) : thumb()
    return [{ scale, score }, label, picture, form > 4 ? label : '']
  })
}
