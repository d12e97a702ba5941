import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText, isLong } from './clean.js'

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be gone
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u

describe("a stranger's words", () => {
  it('keep nothing that acts on what stands around them', () => {
    const parts = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\u202e', '\u2066', '\u0000', '\u001b[31m', '\u2028', '\r\n', '\ud800', '\u{e0041}', '\ufeff'),
      ),
    )
    fc.assert(
      fc.property(parts, given => {
        const text = cleanText(given.join(''))
        expect(text).not.toMatch(HARMFUL)
        expect(text).not.toMatch(/\p{Surrogate}/u)
      }),
    )
  })

  it('stay as they are where they are words', () => {
    const plain = 'Nie działa! ¿Por qué? שלום عليكم 👩‍👩‍👧 n\u0308 <b>&amp;</b> 100 %\n\tsecond line'
    expect(cleanText(plain)).toBe(plain)
  })

  it('show that something was there', () => {
    expect(cleanText('a\u0007b')).toBe('a\ufffdb')
    expect(cleanText('pay \u202egnitide\u202c now')).toBe('pay gnitide now')
    expect(cleanText('one\r\ntwo\u2028three')).toBe('one\ntwo\nthree')
  })

  it('are long by their signs or their lines', () => {
    expect(isLong('👍'.repeat(180))).toBe(false)
    expect(isLong('👍'.repeat(181))).toBe(true)
    expect(isLong('a\nb\nc')).toBe(false)
    expect(isLong('a\nb\nc\nd')).toBe(true)
  })
})
