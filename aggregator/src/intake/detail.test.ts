import { Kind, type WireEvent } from '@pulssi/protocol'
import { expect, it } from 'vitest'
import { IdHash } from '../engine/index.js'
import { type Detail, fillDetail } from './detail.js'

const KEY = [1, 2] as const

const textOf = (event: WireEvent): string => {
  const detail: Detail = { a: 0, b: 0, text: '' }
  fillDetail(event, detail, new IdHash(KEY))
  return detail.text
}

it('scrubs a comment before it is kept', () => {
  expect(textOf([Kind.feedback, 0, 0, 2, 4, 'call 040 123 4567', 'a-1'])).toBe('{"comment":"call [phone]","ask":"a-1"}')
  expect(textOf([Kind.feedback, 0, 0, 2, 4, null, 'a-1'])).toBe('{"ask":"a-1"}')
})

it('scrubs an answer in words before it is kept', () => {
  expect(textOf([Kind.answer, 0, 0, 'a-1', 'I am matti@example.com'])).toBe('{"ask":"a-1","text":"I am [email]"}')
})

it("keeps of a link the hash of its customer alone: the proof is the door's matter, the id nobody's", () => {
  const { hi, lo } = new IdHash(KEY).of('c-1')
  const words = [hi, lo].map(word => word.toString(16).padStart(8, '0'))
  expect(textOf([Kind.link, 0, 0, 'c-1', null, 'proof'])).toBe(`{"person":"${words.join('')}"}`)
  expect(textOf([Kind.link, 0, null, null, 'k-1', null])).toBe('{"code":"k-1"}')
})
