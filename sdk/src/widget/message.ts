import { ASK_FORMS } from '@pulssi/protocol/client'
import { TIMER_MS } from './limits.js'
import type { Message, Question, Words } from './types.js'

const textOf = (words: Words): string[] => (typeof words === 'string' ? ['', words] : Object.entries(words).flat())

/** Throws, in words, what can't be asked. */
export const messageOf = ({ touchpoint, kind, text, options = [], comment, ask, validMs }: Question): Message => {
  const form = ASK_FORMS.indexOf(kind)
  if (form < 0) throw Error(`pulssi-ask: no kind ${kind}`)
  return [ask, touchpoint, form, textOf(text), options.map(textOf), comment, validMs ?? TIMER_MS]
}
