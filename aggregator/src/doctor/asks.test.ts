import { expect, test } from 'vitest'
import { parseConfig } from '../config/index.js'
import { checkAsks } from './asks.js'

const ASK = { id: 'a', touchpoints: ['*'], kind: 'csat', text: { en: 'How?' }, trigger: { on: 'goal' } }

test('asks that are well are said to be so, and where there are none nothing is', () => {
  expect(checkAsks(parseConfig({}))).toEqual([])
  expect(checkAsks(parseConfig({ asks: [ASK] }))).toMatchObject([{ check: 'asks', level: 'ok' }])
})

test('each doubt is a warning with something to do', () => {
  const found = checkAsks(parseConfig({ asks: [ASK, { ...ASK, id: 'b' }], budget: { every: '1d' } }))
  expect(found).toMatchObject([
    { level: 'warn', message: expect.stringContaining('never comes'), todo: 'write b before a' },
    { level: 'warn', message: expect.stringContaining('budget.every') },
  ])
})
