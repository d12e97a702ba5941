import { clean } from './clean.js'
import { fold } from './scrub-fold.js'
import type { Found } from './scrub-found.js'
import { findIbans, findPersonIds } from './scrub-ids.js'
import { findMail } from './scrub-mail.js'
import { findNumbers } from './scrub-numbers.js'

/** In what has none of these there is nothing to find. */
const SUSPECT = /[@\d]|[^ -~\s]|\bat\b|miuku/i
/** Stands where something was found already, so that no later search sees it. */
const TAKEN = '\u0000'

const FINDERS: readonly ((text: string) => Found[])[] = [findMail, findPersonIds, findIbans, findNumbers]

/** Of parts in order, those that begin where the one before has ended. */
const withoutOverlap = (parts: readonly Found[]): Found[] => {
  let end = 0
  return parts.filter(part => {
    const isFree = part.start >= end
    if (isFree) end = part.end
    return isFree
  })
}

const taken = (text: string, parts: readonly Found[]): string => {
  let out = ''
  let done = 0
  for (const { start, end } of parts) {
    out += text.slice(done, start) + TAKEN.repeat(end - start)
    done = end
  }
  return out + text.slice(done)
}

/**
 * A text of a visitor's own without what could name a person: e-mail addresses, telephone and card numbers, Finnish
 * personal identity codes, IBANs and long numbers become markers such as `[email]`; what isn't text at all goes (see
 * `clean`). Takes time in proportion to the text, whatever stands in it. Names and numbers in words are beyond it.
 */
export const scrub = (written: string): string => {
  const text = clean(written)
  if (!SUSPECT.test(text)) return text
  const folded = fold(text)
  const found: Found[] = []
  let rest = folded.text
  for (const find of FINDERS) {
    const parts = withoutOverlap(find(rest))
    rest = taken(rest, parts)
    found.push(...parts)
  }
  if (found.length === 0) return text
  found.sort((a, b) => a.start - b.start)
  let out = ''
  let done = 0
  for (const { start, end, marker } of found) {
    out += text.slice(done, Math.max(done, folded.starts[start] ?? done)) + marker
    done = folded.ends[end - 1] ?? done
  }
  return out + text.slice(done)
}
