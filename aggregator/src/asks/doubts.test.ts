import { expect, test } from 'vitest'
import { parseConfig } from '../config/index.js'
import { configuredAsks, configuredFor, doubtsAbout } from './index.js'

const ASK = { touchpoints: ['shop.*'], kind: 'csat', text: { en: 'How?', fi: 'Miten?' }, trigger: { on: 'goal' } }
const NUDGE = { id: 'n', touchpoints: ['shop.cart'], text: { en: 'Stuck?', fi: 'Apua?' }, holdout: '20%' }

const told = (config: object): string[] =>
  doubtsAbout(parseConfig(config)).map(({ level, message }) => `${level}: ${message}`)

test('a configuration as it should be raises none', () => {
  expect(told({})).toEqual([])
  const journey = { touchpoints: { 'shop.cart': {} } }
  expect(told({ journey, asks: [{ ...ASK, id: 'a' }], nudges: [NUDGE] })).toEqual([])
})

test('what can not be put, is not in the map, lacks a language, or comes too often is told', () => {
  const choice = {
    ...ASK,
    kind: 'choice',
    options: [{ en: 'yes', fi: 'kyllä' }, { EN: 'no' }],
    trigger: { on: 'leave' },
  }
  expect(
    told({
      journey: { touchpoints: { 'shop.*': {} } },
      asks: [
        { ...ASK, id: 'a', text: { en: 'How?', 'pt-BR': 'Como?' } },
        { ...ASK, id: 'b' },
        { ...choice, id: 'c', touchpoints: ['help.*'] },
      ],
      budget: { every: '1d', session: '1h' },
    }),
  ).toEqual([
    'never: b never comes by itself: a always holds first',
    'note: c is put to who leaves, and taken for 10m only',
    'note: c is for help.*, which the journey map does not name',
    'note: a lacks words in fi',
    'note: b lacks words in pt-BR',
    'note: c lacks words in pt-BR, fi',
    'note: budget.every is 1d, less than the usual 7d: people are asked more often',
  ])
})

test('with the clock of data nobody is asked', () => {
  expect(told({ asks: [{ ...ASK, id: 'a' }], server: { clock: 'data' } })).toEqual([
    'note: nobody is asked with the clock of data',
  ])
})

test('what everybody is told has the form of the configuration, with its defaults', () => {
  const config = parseConfig({
    asks: [
      { ...ASK, id: 'a', trigger: { on: 'dwell', after: '20s' } },
      { ...ASK, id: 'b', trigger: { on: 'signal', names: ['rage'] }, touchpoints: ['shop.cart', 'help.*'] },
    ],
    nudges: [NUDGE],
  })
  const all = configuredAsks(config)
  expect(all.asks[0]).toEqual({
    ...ASK,
    id: 'a',
    options: [],
    reason: false,
    comment: false,
    trigger: { on: 'dwell', after: '20s' },
    validFor: '10m',
  })
  expect(all.asks[1]?.trigger).toEqual({ on: 'signal', names: ['rage'] })
  expect(all.nudges).toEqual([{ ...NUDGE, link: null, signals: [], holdout: 0.2, validFor: '2m' }])
  expect(parseConfig({ asks: all.asks }).asks).toEqual(config.asks)
  expect(configuredFor(config, ['*'])).toEqual(all)
  expect(configuredFor(config, ['help.phone'])).toEqual({
    asks: [{ ...all.asks[1], touchpoints: ['help.*'] }],
    nudges: [],
  })
})
