/** In what has none of these there is nothing to do. */
const SUSPECT = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
const ESCAPE = '\u001b'
/** The ends of a string for a terminal, as characters of a class. */
const STRING_ENDS = '\u0007\u009c'
/** How much of an order is taken out with its beginning; no honest one is longer. */
const CSI = `(?:${ESCAPE}\\[|\u009b)[0-?]{0,64}[ -/]{0,16}[@-~]`
const STRING = `(?:${ESCAPE}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^${ESCAPE}${STRING_ENDS}]{0,256}(?:[${STRING_ENDS}]|${ESCAPE}\\\\)`
/** Orders to a terminal (ECMA-48): control sequences, strings such as a window's title, all others of two characters. */
const TERMINAL = new RegExp(`${CSI}|${STRING}|${ESCAPE}[ -~]`, 'g')
const LINE_ENDS = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g
/** Embeddings and overrides, which make a text read otherwise than it is written; and half characters. */
const UNFIT = /[\p{Cc}\p{Cs}\u202a-\u202e]/gu

const ISOLATES = new Set(['\u2066', '\u2067', '\u2068'])
const END_OF_ISOLATE = '\u2069'

/** Isolates that don't end, or never began, would reach into what stands around the text. */
const balanced = (text: string): string => {
  if (!/[\u2066-\u2069]/.test(text)) return text
  const open: number[] = []
  const unmatched = new Set<number>()
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string
    if (ISOLATES.has(character)) open.push(at)
    else if (character === END_OF_ISOLATE && open.pop() === undefined) unmatched.add(at)
  }
  for (const at of open) unmatched.add(at)
  if (unmatched.size === 0) return text
  return text
    .split('')
    .filter((_, at) => !unmatched.has(at))
    .join('')
}

/**
 * A text on one line, that looks wherever it is shown as it does alone: without control characters, without orders to a
 * terminal, without what turns the direction of other text around. Line ends and tabs become spaces. Never longer than
 * it was; takes time in proportion to the text.
 */
export const clean = (text: string): string => {
  if (!SUSPECT.test(text)) return text
  return balanced(text.replace(TERMINAL, '').replace(LINE_ENDS, ' ').replace(UNFIT, ''))
}
