import { helloSchema, httpBodySchema, jsonEventSchema } from '@pulssi/protocol'
import { expect, it } from 'vitest'
import { parseConfig } from '../config/index.js'
import { FIELDS, type Place, rulesUsing, stayText, visitorHours } from './fields.js'

const named = (place: Place): string[] =>
  FIELDS.filter(({ places }) => places.includes(place))
    .map(({ name }) => name)
    .sort()

/** Of hello's tuple, in its order: the first element is the frame's type. */
const HELLO = ['key', 'identity', 'visitor', 'proof', 'stream', 'agent']

it('lists every field that an event may have, and no other', () => {
  const keys = new Set(jsonEventSchema.options.flatMap(option => Object.keys(option.shape)))
  expect(named('event')).toEqual([...keys].sort())
})

it('lists every field around the events of a request', () => {
  expect(named('body')).toEqual(Object.keys(httpBodySchema.shape).sort())
})

it('lists every field of a greeting', () => {
  expect(helloSchema.def.items).toHaveLength(HELLO.length + 1)
  expect(named('hello')).toEqual([...HELLO].sort())
})

it('has no field twice', () => {
  const names = FIELDS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

const RULE = { name: 'payment hurts', touchpoint: 'checkout.payment', figure: 'sentiment', below: -0.2 }

it('says which rules use a field', () => {
  const config = parseConfig({ rules: [RULE] })
  const using = (name: string): string[] =>
    FIELDS.filter(field => field.name === name).flatMap(field => rulesUsing(field, config))
  expect(using('score')).toEqual(['payment hurts'])
  expect(using('visitor')).toEqual(['payment hurts'])
  expect(using('comment')).toEqual([])
  expect(using('name')).toEqual([])
})

it('tells how long a field stays from the configuration', () => {
  const config = parseConfig({
    server: { retentionHours: 12 },
    journey: { horizon: '10h', channels: { phone: { idle: '2h' } } },
  })
  expect(visitorHours(config)).toBe(36)
  expect(stayText('visit', config)).toBe("12 h in the log; 36 h after the last event in the visitor's row")
  expect(stayText('moment', config)).toBe('not kept')
  expect(stayText('asks', config)).toBe('12 h in the log; 180 days at most in the row of who was asked')
  const short = parseConfig({ budget: { every: '1d', afterAnswer: '1d', afterDismissal: '1d', most: '2d' } })
  expect(stayText('asks', short)).toBe('72 h in the log; 30 days at most in the row of who was asked')
})
