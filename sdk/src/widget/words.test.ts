import { ASK_FORMS, EMOTIONS, SCALE_LEVELS, SCALES } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COUNTS, firstOf } from './choices.js'
import { messageOf } from './message.js'
import { FORM_CHOICE, FORM_TEXT, type Question } from './types.js'
import { englishOf, pick, Word, wordsIn } from './words.js'

const LANGUAGES = ['en', 'fi', 'sv', 'de', 'fr', 'es', 'ar']

test.each(LANGUAGES)('every word is there in %s', language => {
  const words = wordsIn(language, {})
  expect(words).toHaveLength(Word.delighted + EMOTIONS.length)
  expect(words.every(word => word.trim() === word && word)).toBeTruthy()
  if (language !== 'en') expect(words).not.toEqual(wordsIn('en', {}))
})

test('scales are those of the protocol, and forms too', () => {
  const levels = Object.values(SCALE_LEVELS)
  expect(COUNTS).toEqual(levels.map(({ count }) => count))
  expect(SCALES.slice(0, 5).map((_, form) => firstOf(form))).toEqual(levels.slice(0, 5).map(({ first }) => first))
  expect(EMOTIONS.map((_, index) => englishOf(Word.delighted + index))).toEqual(EMOTIONS)
  expect([ASK_FORMS[FORM_CHOICE], ASK_FORMS[FORM_TEXT]]).toEqual(['choice', 'text'])
})

test('the language itself, else the one that it is a form of, else the first', () => {
  const text = ['sv', 'hej', 'pt', 'ola', 'pt-BR', 'oi', 'fil', 'kumusta']
  expect(['pt-BR', 'pt-PT', 'PT-br', 'FIL', 'fi', 'sv-FI', ''].map(language => pick(text, language)[1])).toEqual([
    'oi',
    'ola',
    'oi',
    'kumusta',
    'hej',
    'hej',
    'hej',
  ])
})

test('a tag is none of the words', () => {
  expect(pick(['en', 'No', 'no', 'Nei'], 'NO')[1]).toBe('Nei')
})

test('no character hides another or turns it around', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('a', ' ', 'ح', '\0', '\u001b', '\u009f', '\u202a', '\u202e', '\u2066', '\u2069'),
      }),
      text => {
        const [, words] = pick(['en', text], 'en')
        expect(words).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
        expect(words).toHaveLength(text.length)
      },
    ),
  )
  expect(pick(['ar', 'سيئ جدًا \u200e1'], 'ar')[1]).toBe('سيئ جدًا \u200e1')
})

test('words of the host come in place of those that it names, also in a language that the widget lacks', () => {
  const strings = { fi: { [Word.thanks]: 'Kiitti!' }, pt: { [Word.undo]: 'Desfazer' } }
  expect(wordsIn('fi', { strings })[Word.thanks]).toBe('Kiitti!')
  expect(wordsIn('fi', { strings })[Word.undo]).toBe('Kumoa')
  expect(wordsIn('pt', { strings })[Word.undo]).toBe('Desfazer')
})

test('what can not be asked is said', () => {
  const question = { touchpoint: 'a', kind: 'stars', text: 'So?' } as unknown as Question
  expect(() => messageOf(question)).toThrow('pulssi-ask: no kind stars')
})
