import type { Found } from './scrub-found.js'

/**
 * A Finnish personal identity code: day, month, year, the sign of the century, number, check character. All signs in
 * use since 2023 are here. The check character isn't checked: a code with a slip in it still tells who it is.
 */
const PERSON =
  /(?<![\p{L}\p{N}+])(?<!\d[ .-])(\d{2})[ .]?(\d{2})[ .]?\d{2} ?[-+A-FU-Y] ?\d{3} ?[0-9A-FHJ-NPR-Y](?![\p{L}\p{N}])(?![ .-]\d)/giu
const DAYS = 31
const MONTHS = 12

export const findPersonIds = (text: string): Found[] => {
  const found: Found[] = []
  for (const match of text.matchAll(PERSON)) {
    const [day, month] = [Number(match[1]), Number(match[2])]
    if (day < 1 || day > DAYS || month < 1 || month > MONTHS) continue
    found.push({ start: match.index, end: match.index + match[0].length, marker: '[id]' })
  }
  return found
}

/** Length of an IBAN by country (ISO 13616 registry). */
const IBAN_CHARS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
    'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
    'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
    'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map(entry => [entry.slice(0, 2), Number(entry.slice(2))]),
)
const IBAN_START = /(?<![\p{L}\p{N}])[A-Z]{2}\d[ .-]?\d/giu
const SEPARATOR = /[ .-]/
const ALPHANUMERIC = /[0-9A-Z]/i
const ZERO = 48
const NINE = 57
const LETTER_OFFSET = 55
/** Check digits make the whole, country and check digits moved to the end, 1 modulo this (ISO 7064). */
const MODULUS = 97

const remainder = (characters: string): number => {
  let value = 0
  for (const character of characters.slice(4) + characters.slice(0, 4)) {
    const code = character.charCodeAt(0)
    value = code <= NINE ? (value * 10 + code - ZERO) % MODULUS : (value * 100 + code - LETTER_OFFSET) % MODULUS
  }
  return value
}

export const findIbans = (text: string): Found[] => {
  const found: Found[] = []
  for (const match of text.matchAll(IBAN_START)) {
    const length = IBAN_CHARS.get(match[0].slice(0, 2).toUpperCase())
    if (length === undefined) continue
    let characters = ''
    let at = match.index
    let hasGap = false
    while (characters.length < length && at < text.length) {
      const character = text[at] as string
      if (ALPHANUMERIC.test(character)) characters += character.toUpperCase()
      else if (hasGap || !SEPARATOR.test(character)) break
      hasGap = !ALPHANUMERIC.test(character)
      at++
    }
    if (characters.length < length || remainder(characters) !== 1) continue
    found.push({ start: match.index, end: at, marker: '[iban]' })
  }
  return found
}
