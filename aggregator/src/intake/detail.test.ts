import { Kind, type WireEvent } from '@pulssi/protocol'
import { expect, it } from 'vitest'
import { type Detail, fillDetail } from './detail.js'

const textOf = (event: WireEvent): string => {
  const detail: Detail = { a: 0, b: 0, text: '' }
  fillDetail(event, detail)
  return detail.text
}

it('scrubs a comment before it is kept', () => {
  expect(textOf([Kind.feedback, 0, 0, 2, 4, 'call 040 123 4567', 'a-1'])).toBe('{"comment":"call [phone]","ask":"a-1"}')
  expect(textOf([Kind.feedback, 0, 0, 2, 4, null, 'a-1'])).toBe('{"ask":"a-1"}')
})

it('scrubs an answer in words before it is kept', () => {
  expect(textOf([Kind.answer, 0, 0, 'a-1', 'I am matti@example.com'])).toBe('{"ask":"a-1","text":"I am [email]"}')
})

it("keeps no proof of a link: it is the door's matter", () => {
  expect(textOf([Kind.link, 0, 0, 'c-1', null, 'proof'])).toBe('{"customer":"c-1"}')
})
