import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import { type JsonEvent, Refusal } from './client/index.js'
import { isJsonEvent } from './guard-json.js'
import { type EventRefusal, fromJson, fromLine, type NormalEvent, readBody, toJson } from './json.js'
import { jsonEventSchema } from './schema/json.js'
import { damagedJson, jsonEvents, NOW } from './testing/json.js'

const refused = (result: NormalEvent | EventRefusal): EventRefusal => {
  if (!('code' in result)) throw new Error('not refused')
  return result
}
const accepted = (result: NormalEvent | EventRefusal): NormalEvent => {
  if ('code' in result) throw new Error(result.message)
  return result
}

describe('W40: an event as JSON', () => {
  test('goes to the wire and back unchanged, also as a line', () => {
    fc.assert(
      fc.property(jsonEvents, json => {
        const event = accepted(fromJson(json, NOW))
        expect(toJson(event)).toStrictEqual(json)
        expect(fromLine(JSON.stringify(json), NOW)).toStrictEqual(event)
      }),
      { numRuns: 2000 },
    )
  })

  test('the fast check accepts exactly what the schema accepts, and the schema explains the rest', () => {
    let good = 0
    const runs = 6000
    fc.assert(
      fc.property(damagedJson, json => {
        const ok = isJsonEvent(json)
        expect(ok).toBe(jsonEventSchema.safeParse(json).success)
        if (ok) good++
        else {
          const { code, message, event } = refused(fromJson(json, NOW))
          expect({ code, event }).toStrictEqual({ code: Refusal.badEvent, event: null })
          expect(message).toMatch(/^event.*: ./)
          expect(message).not.toContain('not of the form')
        }
      }),
      { numRuns: runs },
    )
    expect(good).toBeGreaterThan(runs / 50)
    expect(good).toBeLessThan(runs / 2)
  })

  test('the schema states the type', () => {
    expectTypeOf<z.infer<typeof jsonEventSchema>>().toExtend<JsonEvent>()
  })
})

const base = { visitor: 'v', at: NOW, touchpoint: 'checkout.payment' }

describe('W41: what one event is refused for', () => {
  const malformed: [string, unknown, string][] = [
    ['no object', 7, 'event: must be an object'],
    ['an array', [base], 'event: must be an object'],
    ['an unknown kind', { ...base, kind: 'constructor' }, 'event.kind: unknown kind'],
    ['answer, which is the wire’s word', { ...base, kind: 'answer' }, 'event.kind: unknown kind'],
    ['a stream without seq', { ...base, kind: 'enter', stream: 's' }, 'event: stream and seq come both or neither'],
    ['seq without a stream', { ...base, kind: 'enter', seq: 0 }, 'event: stream and seq come both or neither'],
    ['an unknown field', { ...base, kind: 'enter', colour: 1 }, 'event: Unrecognized key'],
    ['a field of another kind', { ...base, kind: 'enter', value: 1 }, 'event: Unrecognized key'],
    ['a touchpoint in capitals', { ...base, kind: 'enter', touchpoint: 'Pay' }, 'event.touchpoint: not [a-z0-9_-]'],
    ['no visitor', { ...base, visitor: undefined, kind: 'enter' }, 'event.visitor: '],
    ['at as text', { ...base, at: '2026-01-01', kind: 'enter' }, 'event.at: '],
    ['feedback of nothing', { ...base, kind: 'feedback' }, 'event: feedback has one of scale, option and text'],
    ['an answer without its ask', { ...base, kind: 'feedback', option: 1 }, 'event: option and text need the ask'],
    [
      'too many cuts',
      { ...base, kind: 'enter', cuts: { a: 'x', b: 'x', c: 'x', d: 'x', e: 'x', f: 'x', g: 'x' } },
      'event.cuts: more than 6 dimensions',
    ],
    ['a link of nobody', { ...base, kind: 'link' }, 'event: a link needs a customer or a code'],
  ]
  test.each(malformed)('badEvent: %s', (_, json, message) => {
    const result = refused(fromJson(JSON.parse(JSON.stringify(json)), NOW))
    expect(result.code).toBe(Refusal.badEvent)
    expect(result.message).toContain(message)
  })

  const values: [keyof typeof Refusal, object][] = [
    ['badScore', { kind: 'feedback', scale: 'csat', score: 6 }],
    ['badScore', { kind: 'feedback', scale: 'csat', score: 'happy' }],
    ['badScore', { kind: 'feedback', scale: 'emotion', score: 'furious' }],
    ['badScore', { kind: 'feedback', scale: 'emotion', score: 3 }],
    ['badScore', { kind: 'feedback', ask: 'a', option: 6 }],
    ['textTooLong', { kind: 'feedback', scale: 'csat', score: 5, comment: 'é'.repeat(501) }],
    ['textTooLong', { kind: 'feedback', ask: 'a', text: '😀'.repeat(501) }],
    ['badValue', { kind: 'goal', value: -1.1e12 }],
    ['badTime', { kind: 'enter', at: Date.UTC(9999) }],
    ['badTime', { kind: 'enter', at: new Date('0001-01-01').getTime() }],
  ]
  test.each(values)('%s: %j', (name, detail) => {
    const numbered = { ...base, stream: 's', seq: 4, ...detail }
    const { code, event } = refused(fromJson(numbered, NOW))
    expect(code).toBe(Refusal[name])
    expect(event).toMatchObject({ visitor: 'v', stream: 's', seq: 4 })
  })

  test.each(['', '{', 'undefined', '{"visitor":"v"}}', '\u0000'])('badEvent: the broken line %j', line => {
    expect(refused(fromLine(line, NOW))).toStrictEqual({
      code: Refusal.badEvent,
      message: 'the line is not JSON',
      event: null,
    })
  })
})

describe('W42: the body of a request', () => {
  test('events are not judged yet', () => {
    const nothing = { sentAt: null, key: null, visitor: null, proof: null, events: [] }
    expect(readBody({ sentAt: NOW, events: [1, {}] })).toStrictEqual({ ...nothing, sentAt: NOW, events: [1, {}] })
    const host = { key: 'pk_shop', visitor: 'c-1', proof: '0f' }
    expect(readBody({ ...host, identity: 'host', events: [] })).toStrictEqual({ ...nothing, ...host })
  })
  test.each([null, [], {}, { events: {} }, { events: [], sentAt: 'now' }])('refuses the body %#', body => {
    expect(readBody(body)).toStrictEqual({ message: expect.stringMatching(/^body[^:]*: ./) })
  })
})
