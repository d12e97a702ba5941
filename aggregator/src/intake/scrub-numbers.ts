import type { Found, Marker } from './scrub-found.js'

/** Digits with up to three signs between them that people put into numbers. */
const CLUSTER = /(?:\+[ (]{0,2}|\( ?)?\d(?:[ .\-/()_*:]{0,3}\d){4,}/g
const YEAR = String.raw`(?:19|20)\d\d`
const DAY = String.raw`(?:0?[1-9]|[12]\d|3[01])`
const MONTH = '(?:0?[1-9]|1[0-2])'
const DASHED = String.raw`${YEAR}-(?:0\d|1[0-2])-[0-3]\d|${DAY}-${MONTH}-${YEAR}`
const DATE = String.raw`(?:${DASHED}|${DAY}\.${MONTH}\.${YEAR}|${DAY}/${MONTH}/${YEAR})`
/** What tells of the visit and not of the visitor: dates, times, years, prices, marks such as `4/5`. */
const UNDASHED =
  String.raw`${DAY}\.(?:${MONTH}\.(?:${YEAR}|\d\d)?)?|${DAY}/${MONTH}/(?:${YEAR}|\d\d)|${YEAR}|` +
  String.raw`(?:[01]?\d|2[0-3])[:.][0-5]\d(?::[0-5]\d)?|(?:0|[1-9]\d{0,3})\.\d{1,2}|\d{1,2}/(?:5|10|100)`
const ANY = `(?:${DASHED}|${UNDASHED})`
/** In a row, a dash without spaces stands between things that have none of their own. */
const ALL_HARMLESS = new RegExp(`^(?:${ANY}(?:(?: - | )${ANY})*|(?:${UNDASHED})(?:(?: ?- ?| )(?:${UNDASHED}))*)$`)
/** A longer row of numbers isn't looked at for its meaning. */
const ROW_CHARS = 80
const FIRST_DATE = new RegExp(`^${DATE} +`)
const LAST_DATE = new RegExp(` +${DATE}$`)
/** An amount: plain, with thousands apart, with decimals; not with a zero before other digits. */
const AMOUNT = /^(?:0|[1-9]\d{0,8}|[1-9]\d{0,2}(?:[ .]\d{3}){1,3})(?:\.\d{1,2})?$/
const AMOUNT_RANGE = /^[1-9][\d.]{0,6} ?- ?[1-9][\d.]{0,6}$/
const THOUSANDS = /^[1-9](?:[ .]\d{3}){1,2}$/
const UNIT_AFTER =
  /^(?:,\d{1,2}|,-)? ?(?:€|\$|£|%|e\b|eur|kr\b|sek\b|nok\b|dkk\b|usd\b|gbp\b|km\b|kg\b|kpl\b|pcs\b|snt\b)/iu
const UNIT_BEFORE = /(?:€|\$|£|\beur|\busd|\bsek) ?$/iu
const UNIT_CHARS = 8

const CARD_LEAST_DIGITS = 13
const CARD_MOST_DIGITS = 19
const CARD_DIGITS = [15, 16] as const
/** A row of more digits than a few cards have is no more than a long number. */
const CARD_ROW_DIGITS = 64
/** As many digits as an extension or a list of marks may have, and no telephone. */
const PHONE_LEAST_DIGITS = 6
const INTERNATIONAL_LEAST_DIGITS = 7
/** Digits from which on a number is taken to stand for someone: customers, orders, cases. */
const LONG_DIGITS = 7
/** Most digits of a telephone number, with 00 before it (ITU-T E.164: 15). */
const PHONE_MOST_DIGITS = 17

const ZERO = 48
const TWO = 50
const SIX = 54

/** The check of ISO/IEC 7812: every second digit from the end counts double. */
const passesLuhn = (digits: string, start: number, length: number): boolean => {
  let sum = 0
  for (let i = 0; i < length; i++) {
    const digit = digits.charCodeAt(start + length - 1 - i) - ZERO
    const counted = i % 2 === 0 ? digit : digit * 2
    sum += counted > 9 ? counted - 9 : counted
  }
  return sum % 10 === 0
}

/** Whether a card's number lies in these digits: by itself, or, as long as most are, among a date or a code. */
const hasCard = (digits: string): boolean => {
  for (let start = 0; start + CARD_LEAST_DIGITS <= digits.length; start++) {
    const first = digits.charCodeAt(start)
    if (first < TWO || first > SIX) continue
    const rest = digits.length - start
    if (rest <= CARD_MOST_DIGITS && passesLuhn(digits, start, rest)) return true
    for (const length of CARD_DIGITS) if (length <= rest && passesLuhn(digits, start, length)) return true
  }
  return false
}

const isAmount = (text: string, start: number, end: number, written: string): boolean => {
  if (THOUSANDS.test(written)) return true
  const hasUnit =
    UNIT_AFTER.test(text.slice(end, end + UNIT_CHARS)) ||
    UNIT_BEFORE.test(text.slice(Math.max(0, start - UNIT_CHARS), start))
  return hasUnit && (AMOUNT.test(written) || AMOUNT_RANGE.test(written))
}

const judge = (text: string, start: number, end: number): Marker | null => {
  const written = text.slice(start, end)
  const digits = written.replace(/\D/g, '')
  const isInternational = written.startsWith('+') || written.startsWith('00')
  if (digits.length >= CARD_LEAST_DIGITS && digits.length <= CARD_ROW_DIGITS && hasCard(digits)) return '[card]'
  if (isInternational && digits.length >= INTERNATIONAL_LEAST_DIGITS) {
    return digits.length <= PHONE_MOST_DIGITS ? '[phone]' : '[number]'
  }
  if (written.length <= ROW_CHARS && ALL_HARMLESS.test(written)) return null
  if (/^0\.\d{1,6}$/.test(written) || isAmount(text, start, end, written)) return null
  const isNational = /^\(? ?0/.test(written)
  if (isNational && digits.length >= PHONE_LEAST_DIGITS)
    return digits.length <= CARD_LEAST_DIGITS ? '[phone]' : '[number]'
  if (digits.length < LONG_DIGITS) return null
  return /\D/.test(written) && digits.length <= PHONE_MOST_DIGITS ? '[phone]' : '[number]'
}

/** Telephone and card numbers, and whatever else has so many digits that it may stand for one person. */
export const findNumbers = (text: string): Found[] => {
  const found: Found[] = []
  for (const match of text.matchAll(CLUSTER)) {
    const whole = match[0]
    const isOpened = whole.startsWith('(') && !whole.includes(')')
    const first = isOpened ? 1 : (FIRST_DATE.exec(whole)?.[0].length ?? 0)
    const last = whole.length - (LAST_DATE.exec(whole)?.[0].length ?? 0)
    if (last <= first) continue
    const start = match.index + first
    const end = match.index + last
    const marker = judge(text, start, end)
    if (marker !== null) found.push({ start, end, marker })
  }
  return found
}
