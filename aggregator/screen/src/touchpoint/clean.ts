/**
 * Words of strangers as text that can't reach beyond its own place: marks that turn the direction of what follows are
 * taken out (the place isolates direction itself), other control characters become U+FFFD, line and paragraph separators
 * a line feed. Joiners stay: emoji and several scripts need them.
 */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const INVISIBLE = /[\u00ad\u200b\u2060-\u2065\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu
const LINE = /\r\n?|[\u0085\u2028\u2029]/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/gu

export const cleanText = (text: string): string =>
  text.replace(LINE, '\n').replace(DIRECTION, '').replace(INVISIBLE, '').replace(CONTROL, '\ufffd').trim()

/** Longer ones are cut, with a way to read on. */
const CLAMP_CODE_POINTS = 180
const CLAMP_LINES = 3

export const isLong = (text: string): boolean =>
  [...text].length > CLAMP_CODE_POINTS || text.split('\n').length > CLAMP_LINES
