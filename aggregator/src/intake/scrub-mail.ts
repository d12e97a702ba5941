import type { Found } from './scrub-found.js'

/** Longest domain that there is (RFC 5321, section 4.5.3.1). */
const DOMAIN_CHARS = 255

/** How people write @, with what may stand around it. */
const AT = / @ |@ ?| ?[([{<] ?(?:at|ät|miuku(?:mauku)?) ?[)\]}>] ?| (?:at|ät|miukumauku) (?=[\p{L}\p{N}])/giu
const LOCAL = /[\p{L}\p{N}_%+'-]/u
const DOT_BEFORE = / ?(?:\.|[([{<] ?(?:dot|piste) ?[)\]}>]) ?$| (?:dot|piste) $/iu
const DOT_CHARS = 12
const DOT = String.raw`(?:\.| \. ?| ?[([{<] ?(?:dot|piste) ?[)\]}>] ?| (?:dot|piste) )`
const LABEL = String.raw`[\p{L}\p{N}-]{1,63}`
const DOMAIN = new RegExp(`${LABEL}(?:${DOT}${LABEL}){0,8}`, 'iuy')
const WORD_DOT = / (?:dot|piste) |[([{<]/iu
const LETTER = /\p{L}/u
/** Where a plain word "at" is followed by one of these, an address is meant and no place. */
const MAIL_HOST =
  /^(?:(?:gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|protonmail|gmx|luukku|elisanet|suomi24)\b|(?:me|live|msn|aol|proton|welho)\.|kolumbus\.fi|pp\.inet)/iu

/** Where the local part that ends at `end` begins; `end` where there is none. */
const localStart = (text: string, end: number): number => {
  let start = end
  for (;;) {
    const before = start
    while (start > 0 && LOCAL.test(text[start - 1] as string)) start--
    if (start === before) return before
    const dot = DOT_BEFORE.exec(text.slice(Math.max(0, start - DOT_CHARS), start))?.[0]
    // A sentence that ends before the address is no part of it.
    if (dot === undefined || (dot !== '.' && !WORD_DOT.test(dot))) return start
    const next = start - dot.length
    if (next === 0 || !LOCAL.test(text[next - 1] as string)) return start
    start = next
  }
}

/** E-mail addresses, also as people write them to hide them from machines. */
export const findMail = (text: string): Found[] => {
  const found: Found[] = []
  for (const at of text.matchAll(AT)) {
    if (at.index < (found.at(-1)?.end ?? 0)) continue
    const start = localStart(text, at.index)
    if (start === at.index) continue
    DOMAIN.lastIndex = at.index + at[0].length
    const domain = DOMAIN.exec(text.slice(0, DOMAIN.lastIndex + DOMAIN_CHARS))?.[0]
    if (domain === undefined || !LETTER.test(domain)) continue
    const isPlainWord = !/[@([{<]/.test(at[0])
    if (isPlainWord && !WORD_DOT.test(domain) && !MAIL_HOST.test(domain)) continue
    found.push({ start, end: at.index + at[0].length + domain.length, marker: '[email]' })
  }
  return found
}
