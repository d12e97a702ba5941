import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isChannel, isSignal, isStream, isTouchpoint, isVisitor } from './chars.js'
import { CHANNEL, SIGNAL, STREAM, TOUCHPOINT, VISITOR } from './client/index.js'

const names: [string, (value: unknown) => boolean, RegExp][] = [
  ['touchpoint', isTouchpoint, TOUCHPOINT],
  ['visitor', isVisitor, VISITOR],
  ['stream', isStream, STREAM],
  ['channel', isChannel, CHANNEL],
  ['signal', isSignal, SIGNAL],
]

describe.each(names)('%s', (_, check, pattern) => {
  test('every character, alone and at the end', () => {
    for (let code = 0; code < 0x3000; code++) {
      const char = String.fromCharCode(code)
      for (const text of [char, `a${char}`]) expect(check(text), JSON.stringify(text)).toBe(pattern.test(text))
    }
  })

  test('every length of a part, alone and behind others', () => {
    for (let length = 0; length < 70; length++) {
      for (const head of ['', 'a.', `${'a'.repeat(32)}.`, `${'a.'.repeat(16)}`]) {
        const text = head + 'x'.repeat(length)
        expect(check(text), text).toBe(pattern.test(text))
      }
    }
  })

  test('texts of few characters', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '0', '.', '-', '_', 'A', '\n', 'é', '😀'), maxLength: 70 })
    fc.assert(
      fc.property(texts, text => {
        expect(check(text)).toBe(pattern.test(text))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([null, undefined, 7, ['a'], new String('a'), Symbol.iterator])(
    'refuses what is no string, case %#',
    value => {
      expect(check(value)).toBe(false)
    },
  )
})
