/** A text as a person reads it, for searching: each of its characters knows which part of the original it stands for. */
export interface Folded {
  readonly text: string
  /** Where the original of each UTF-16 unit of `text` begins, and where it ends. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

const PLAIN = /^[ -~\n\r\t]*$/
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{M}/u
const DASH = /\p{Pd}|[\u2212\u2044]/u
const SPACE = /\s/u
const DIGIT = /\p{Nd}/u
/** Sets of ten digits that follow each other without a gap: 𝟎…𝟗 in five styles. */
const MATH_DIGITS = 0x1d7ce
const MATH_DIGITS_END = 0x1d7ff

/** The value of any script's decimal digit: the sets are runs of ten, zero first. */
const digitValue = (codePoint: number): number => {
  if (codePoint >= MATH_DIGITS && codePoint <= MATH_DIGITS_END) return (codePoint - MATH_DIGITS) % 10
  let value = 0
  while (value < 9 && DIGIT.test(String.fromCodePoint(codePoint - value - 1))) value++
  return value
}

/** A character that stands for more than so many others is none that hides a number. */
const UNFOLDED_CHARS = 4

const foldCharacter = (character: string, codePoint: number): string => {
  if (INVISIBLE.test(character)) return ''
  if (DIGIT.test(character)) return String(digitValue(codePoint))
  if (SPACE.test(character)) return ' '
  if (DASH.test(character)) return '-'
  let folded = ''
  for (const part of character.normalize('NFKC')) folded += DASH.test(part) ? '-' : part
  return folded.length > UNFOLDED_CHARS ? character : folded
}

/** Where there is nothing to fold: Latin, Greek and Cyrillic letters, ideographs, Hangul, emoji, private use. */
const PLAIN_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x20, 0x7e],
  [0xc0, 0x24f],
  [0x370, 0x482],
  [0x3400, 0x9fff],
  [0xac00, 0xd7a3],
  [0xe000, 0xf8ff],
  [0x1f300, 0x1f9ff],
  [0x20000, 0xdffff],
]
/** As many as there are outside those ranges; once looked at, a character costs next to nothing. */
const KNOWN = 32_768
const known = new Map<number, string>()

const foldOf = (character: string): string => {
  const codePoint = character.codePointAt(0) ?? 0
  for (const [first, last] of PLAIN_RANGES) {
    if (codePoint < first) break
    if (codePoint <= last) return character
  }
  const before = known.get(codePoint)
  if (before !== undefined) return before
  const found = foldCharacter(character, codePoint)
  if (known.size < KNOWN) known.set(codePoint, found)
  return found
}

/**
 * Digits of any script become 0–9, wide and styled letters plain ones, all dashes `-`, all spaces ` `; what nobody sees
 * is left out.
 */
export const fold = (original: string): Folded => {
  const starts: number[] = []
  const ends: number[] = []
  if (PLAIN.test(original)) {
    for (let at = 0; at < original.length; at++) {
      starts.push(at)
      ends.push(at + 1)
    }
    return { text: original.replace(/[\n\r\t]/g, ' '), starts, ends }
  }
  let text = ''
  let at = 0
  for (const character of original) {
    const folded = foldOf(character)
    for (let unit = 0; unit < folded.length; unit++) {
      starts.push(at)
      ends.push(at + character.length)
    }
    text += folded
    at += character.length
    // What nobody sees goes with the character that it follows.
    if (folded === '' && ends.length > 0) ends[ends.length - 1] = at
  }
  return { text, starts, ends }
}
