import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clean } from './clean.js'
import { scrub } from './scrub.js'

const NASTY = [
  '\u0000',
  '\u0007',
  '\u001b',
  '\u001b[31m',
  '\u009b',
  '\u009b2J',
  '\u0085',
  '\r\n',
  '\t',
  '\u202e',
  '\u202a',
  '\u202c',
]
const ISOLATES = ['\u2066', '\u2067', '\u2068', '\u2069']
const pieces = fc.constantFrom(
  ...NASTY,
  ...ISOLATES,
  '\ud800',
  'a',
  'é',
  'م',
  '<b>',
  '&',
  ';',
  '[',
  ']',
  '0',
  'm',
  '\\',
  ' ',
)
const written = fc.array(pieces, { maxLength: 80 }).map(parts => parts.join(''))

const depthOf = (text: string): number[] => {
  let depth = 0
  return [...text].map(character => {
    if ('\u2066\u2067\u2068'.includes(character)) depth++
    if (character === '\u2069') depth--
    return depth
  })
}

describe('clean', () => {
  it('leaves one line without control characters, overrides and half characters', () => {
    fc.assert(
      fc.property(written, text => {
        const out = clean(text)
        expect(out).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e]/u)
        expect(out.length).toBeLessThanOrEqual(text.length)
        expect(clean(out)).toBe(out)
      }),
    )
  })

  it('leaves every isolate with its end, and none without', () => {
    fc.assert(
      fc.property(written, text => {
        const depths = depthOf(clean(text))
        expect(Math.min(0, ...depths)).toBe(0)
        expect(depths.at(-1) ?? 0).toBe(0)
      }),
    )
  })

  it('leaves a text alone that is nothing but text, markup too', () => {
    const plain = fc
      .string({ unit: 'grapheme' })
      .filter(text => !/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u.test(text))
    fc.assert(fc.property(plain, text => clean(text) === text))
    expect(clean('<img src=x onerror=alert(1)> & "so"')).toBe('<img src=x onerror=alert(1)> & "so"')
  })

  it.each([
    ['colours of a terminal', '\u001b[1;31mred\u001b[0m', 'red'],
    ['the title of a window', 'a\u001b]0;owned\u0007b', 'ab'],
    ['the same in single characters', 'a\u009d0;owned\u009cb \u009b2Jc', 'ab c'],
    ['line ends', 'one\r\ntwo\nthree\u2028four', 'one two three four'],
    ['an override', 'abc\u202etxt.exe', 'abctxt.exe'],
    ['isolates that are whole', 'say \u2068مرحبا\u2069 now', 'say \u2068مرحبا\u2069 now'],
    ['an isolate without its end', 'say \u2068مرحبا', 'say مرحبا'],
    ['an end without its isolate', 'say\u2069 مرحبا', 'say مرحبا'],
  ])('%s', (_, text, left) => {
    expect(clean(text)).toBe(left)
  })

  it('takes time in proportion to the text', () => {
    const sizes = ['\u001b[', '\u001b]x', '\u2066', '\u202e', '\u001b', '\u009b1;'].map(part =>
      clean(part.repeat(50_000)),
    )
    for (const out of sizes) expect(out).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
  })

  it('comes before the search for addresses, so that nothing hides one', () => {
    expect(scrub('mail anna\u001b[0m@example.fi\u202e now')).toBe('mail [email] now')
    expect(scrub('04\u00004 123 4567')).toBe('[phone]')
  })
})
