import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KEY_BYTES } from './limits.js'
import {
  filterOfPrefix,
  keyOfSubject,
  namesOf,
  subjectFromWire,
  subjectOfKey,
  subjectOnWire,
  tokenOf,
} from './names.js'

const TOKEN = /^[A-Za-z0-9_=-]+$/
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom('a', '.', '/', '=', '*', '>', ' ', 'ä'), maxLength: 20 }),
)
const key = text.filter(value => value !== '')

/** NATS's own rule: `>` at the end stands for one token or more. */
const isCovered = (subject: string, filter: string): boolean =>
  filter === '>' || subject.startsWith(filter.slice(0, -1))

describe('names', () => {
  test('any key is a subject of good tokens and comes back', () => {
    fc.assert(
      fc.property(key, value => {
        const subject = subjectOfKey(value)
        expect(subject.split('.').every(token => TOKEN.test(token))).toBe(true)
        expect(keyOfSubject(subject)).toBe(value)
      }),
    )
  })

  test('the filter of a prefix covers every key that starts with it', () => {
    fc.assert(
      fc.property(text, key, (prefix, rest) => {
        expect(isCovered(subjectOfKey(prefix + rest), filterOfPrefix(prefix))).toBe(true)
      }),
    )
    expect(filterOfPrefix('image/3/')).toBe('image.3.>')
    expect(filterOfPrefix('image/3')).toBe('image.>')
    expect(filterOfPrefix('ima')).toBe('>')
  })

  test('any subject of the Bus comes back; a wildcard at its end stays one and covers what is below', () => {
    fc.assert(
      fc.property(text, key, (subject, below) => {
        fc.pre(!subject.endsWith('.>') && !`${subject}.${below}`.endsWith('.>'))
        expect(subjectFromWire(subjectOnWire(subject))).toBe(subject)
        expect(isCovered(subjectOnWire(`${subject}.${below}`), subjectOnWire(`${subject}.>`))).toBe(true)
      }),
    )
    expect(subjectOnWire('a.b')).toBe('a.b')
    expect(subjectOnWire('a.>')).toBe('a.>')
  })

  test('plain text stays as it is', () => {
    expect(tokenOf('v-1_A')).toBe('v-1_A')
    expect(tokenOf('')).toBe('=')
    expect(tokenOf('a.=')).toBe('a=2E=3D')
  })

  test('a key of no bytes or too many, and a project that can’t name a stream, are refused', () => {
    expect(() => subjectOfKey('')).toThrow(RangeError)
    expect(() => subjectOfKey('ä'.repeat(KEY_BYTES / 2 + 1))).toThrow(RangeError)
    expect(subjectOfKey('a'.repeat(KEY_BYTES))).toHaveLength(KEY_BYTES)
    for (const project of ['', 'a.b', 'a b', 'a>', 'a'.repeat(65)]) expect(() => namesOf(project)).toThrow(RangeError)
  })
})
