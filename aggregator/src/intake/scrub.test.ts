import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scrub } from './scrub.js'
import { fold } from './scrub-fold.js'

/** A number with its check digit behind it (Luhn). */
const withCheckDigit = (digits: string): string =>
  [...'0123456789'].map(last => digits + last).find(whole => luhn(whole)) as string
const luhn = (digits: string): boolean => {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1)
    return total + Math.floor(value / 10) + (value % 10)
  }, 0)
  return sum % 10 === 0
}

const digitsOf = (least: number, most: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: least, maxLength: most }).map(digits => digits.join(''))
/** The same characters with what people (and forms) put between them. */
const spaced = (text: fc.Arbitrary<string>, gaps: readonly string[]) =>
  fc
    .tuple(text, fc.infiniteStream(fc.constantFrom(...gaps)))
    .map(([whole, stream]) =>
      [...whole].map((character, at) => (at === 0 ? character : stream.next().value + character)).join(''),
    )
/** One sort of gap throughout, as people write, and marks that nobody sees. */
const hidden = (text: fc.Arbitrary<string>) =>
  fc.constantFrom(' ', '-', '.', '/', '\u00a0', '\u2011').chain(gap => spaced(text, ['', '', gap, '\u200b']))
const wide = (text: string): string => text.replace(/\d/g, digit => String.fromCodePoint(0xff10 + Number(digit)))
const around = fc.constantFrom(['', ''], ['call me ', ' please'], ['soita: ', '!'], ['(', ')'], ['"', '", thanks'])

const gone = (arbitrary: fc.Arbitrary<string>, markers: readonly string[]): void => {
  fc.assert(
    fc.property(arbitrary, around, fc.boolean(), (secret, [before = '', after = ''], isWide) => {
      const out = scrub(before + (isWide ? wide(secret) : secret) + after)
      expect(markers.map(marker => before + marker + after)).toContain(out)
    }),
  )
}

describe('scrub', () => {
  it('takes out telephone numbers, however they are written', () => {
    const national = digitsOf(5, 8).map(rest => `044${rest}`)
    gone(hidden(national), ['[phone]'])
    gone(
      hidden(digitsOf(8, 11)).map(rest => `+3${rest}`),
      ['[phone]', '[card]'],
    )
    gone(
      digitsOf(8, 11).map(rest => `00358${rest}`),
      ['[phone]', '[card]'],
    )
  })

  it('takes out card numbers, however they are written', () => {
    const card = digitsOf(14, 14).map(rest => withCheckDigit(`4${rest}`))
    gone(hidden(card), ['[card]'])
    gone(
      card.map(number => number.replace(/(....)/g, '$1 ').trim()),
      ['[card]'],
    )
  })

  it('takes out Finnish personal identity codes, with all signs of the century', () => {
    const day = fc.integer({ min: 1, max: 31 }).map(n => String(n).padStart(2, '0'))
    const month = fc.integer({ min: 1, max: 12 }).map(n => String(n).padStart(2, '0'))
    const code = fc
      .tuple(
        day,
        month,
        digitsOf(2, 2),
        fc.constantFrom(...'-+ABCDEFUVWXY'),
        digitsOf(3, 3),
        fc.constantFrom(...'0123456789ABCDEFHJKLMNPRSTUVWXY'),
      )
      .map(parts => parts.join(''))
    gone(code, ['[id]'])
    gone(
      code.map(text => text.toLowerCase()),
      ['[id]'],
    )
    gone(
      code.map(text => `${text.slice(0, 6)}\u200b ${text.slice(6)}`),
      ['[id]'],
    )
  })

  it('takes out e-mail addresses', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{1,12}$/)
    const local = fc.tuple(label, fc.constantFrom('.', '_', '+', '-'), label).map(parts => parts.join(''))
    const domain = fc.tuple(label, fc.constantFrom('fi', 'com', 'co.uk')).map(parts => parts.join('.'))
    gone(
      fc.tuple(local, domain).map(parts => parts.join('@')),
      ['[email]'],
    )
    gone(
      fc.tuple(local, domain).map(parts => parts.join(' (at) ').replaceAll('.', ' dot ')),
      ['[email]'],
    )
  })

  it('leaves no address and no long number, whatever is written', () => {
    const pieces = fc.constantFrom(
      ...'0123456789',
      ...'@@..--  ()+ab',
      '\u200b',
      '\uff11',
      '\u0663',
      ' at ',
      ' dot ',
      'é',
    )
    const noise = fc.array(pieces, { maxLength: 200 }).map(parts => parts.join(''))
    fc.assert(
      fc.property(noise, text => {
        const { text: left } = fold(scrub(text))
        expect(left).not.toMatch(/[a-z0-9]@[a-z]/)
        expect(left.replace(/[€$£%]|e/g, 'x')).not.toMatch(/\d{10,}/)
      }),
    )
  })

  it('leaves words alone', () => {
    const word = fc.stringMatching(/^[a-zäöå,.!?'-]{1,12}$/)
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), words => {
        const text = words.filter(part => !/^(?:at|ät|dot|piste)$/.test(part)).join(' ')
        expect(scrub(text)).toBe(text)
      }),
    )
  })

  /** A search that begins anew at every character would not end within the time of a test. */
  const hostile: [string, string][] = [
    ['only @', '@'],
    ['a@', 'a@'],
    ['only digits', '1'],
    ['only gaps', '1 - '],
    ['nearly addresses', 'a.'],
    ['brackets', '( at ) dot '],
    ['dots in words', 'a dot '],
    ['nearly IBANs', 'FI1 '],
    ['nearly codes', '0101 90 - 1'],
    ['dates', '1.1.20.'],
    ['combining marks', 'a\u0301\u200b'],
    ['letters that unfold', '\ufdfa'],
  ]
  it.each(hostile)('ends on a long text of %s', (_, piece) => {
    expect(scrub(piece.repeat(100_000)).length).toBeGreaterThan(0)
  })

  const scrubbed: [string, string][] = [
    ['mail matti.meikalainen@example.com, thanks', 'mail [email], thanks'],
    ['Matti.Meikäläinen@esimerkki.fi', '[email]'],
    ['matti at gmail.com', '[email]'],
    ['matti (at) example.com', '[email]'],
    ['matti [at] example [dot] com', '[email]'],
    ['matti piste m ät esimerkki piste fi', '[email]'],
    ['matti @ example . com', '[email]'],
    ['ma\u200btti@exa\u00admple.com', '[email]'],
    ['ｍａｔｔｉ＠ｅｘａｍｐｌｅ．ｃｏｍ', '[email]'],
    ['a@b@c.fi', '[email]@c.fi'],
    [`${'x'.repeat(300)}@example.com`, '[email]'],
    ['soita 040 123 4567 huomenna', 'soita [phone] huomenna'],
    ['+358 (0)40 123 4567', '[phone]'],
    ['(09) 123 45 67', '[phone]'],
    ['0 4 0 1 2 3 4 5 6 7', '[phone]'],
    ['555-123-4567', '[phone]'],
    ['٠٤٠١٢٣٤٥٦٧', '[phone]'],
    ['0️⃣4️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣', '[phone]'],
    ['card 4111 1111 1111 1111 12/26', 'card [card]'],
    ['3782-822463-10005', '[card]'],
    ['hetu 131052-308T.', 'hetu [id].'],
    ['131052B308t', '[id]'],
    ['IBAN FI21 1234 5600 0007 85 kiitos', 'IBAN [iban] kiitos'],
    ['de89370400440532013000', '[iban]'],
    ['1.2.2024 0401234567 24.12.2025', '1.2.2024 [phone] 24.12.2025'],
    ['customer 12345678', 'customer [number]'],
  ]
  it.each(scrubbed)('%s', (text, expected) => {
    expect(scrub(text)).toBe(expected)
  })

  const kept = [
    '',
    'quick and friendly',
    'waited 25 minutes on 24.12.2025 at 12:30, then 45 more',
    'from 2025-12-24 to 2025-12-31',
    'the years 2020-2024 and 2023 2024 2025',
    'paid 1 250 000 € for it, that is 12 500 000 kr',
    'prices 12.50 15.90 9.90 and 12,50 15,90 9,90',
    'order 4711 and ticket 123456',
    'gave 4/5 9/10 8/10',
    'I paid at shop.fi and looked at me',
    'klo 9.00-17.00 ja 24.12.2025 12.30',
    'auki 12:30-14:00, 24.12.-26.12.2025 ja 1.5.2025-3.5.2025',
    '2025-12-24 - 2025-12-31 and 24/12/2025-26/12/2025',
    'version 1.2.3, 0.123456 of it',
    'see @pulssi',
    'costs 1234567 €',
    '100 % and 5-10 km',
    'zip 00100 Helsinki',
    'kesti 3 h 20 min 15 s, jonossa 12 muuta',
    '❤️ 10/10 👍',
  ]
  it.each(kept)('keeps "%s"', text => {
    expect(scrub(text)).toBe(text)
  })
})
