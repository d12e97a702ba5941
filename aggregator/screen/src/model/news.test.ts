import type { Incident, IncidentState } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { WORDS } from '../words/index.js'
import { newsOf } from './news.js'

const incident = (id: string, state: IncidentState): Incident =>
  ({ id, rule: `rule ${id}`, touchpoint: 'shop.home', state }) as Incident
const news = (before: Incident[], now: Incident[]) => newsOf(before, now, WORDS.en)

test('a new state of an incident is told once, and that one has closed', () => {
  expect(news([], [incident('a', 'firing')])).toEqual(['Incident rule a at shop.home: firing.'])
  expect(news([incident('a', 'firing')], [incident('a', 'firing')])).toEqual([])
  expect(news([incident('a', 'firing')], [incident('a', 'acknowledged')])).toEqual([
    'Incident rule a at shop.home: acknowledged.',
  ])
  expect(news([incident('a', 'firing'), incident('b', 'firing')], [])).toEqual(['2 incidents were closed.'])
})

test('what is only pending is nobody’s news', () => {
  expect(news([], [incident('a', 'pending')])).toEqual([])
  expect(news([incident('a', 'pending')], [])).toEqual([])
})
