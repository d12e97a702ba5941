import type { ConfiguredAsks } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { fallbackOf, frameOf, inLanguage, itemsOf, languagesOf } from './items.js'

const told: ConfiguredAsks = {
  asks: [
    {
      id: 'why',
      touchpoints: ['checkout.*'],
      kind: 'choice',
      text: { en: 'Why?', 'pt-BR': 'Por quê?' },
      options: [{ en: 'Too dear', 'pt-br': 'Caro' }, { en: 'Only looking' }],
      reason: true,
      comment: false,
      trigger: { on: 'leave' },
      validFor: '10m',
    },
  ],
  nudges: [
    {
      id: 'chat',
      touchpoints: ['*'],
      text: { fi: 'Apua?' },
      link: { href: '/help', text: { fi: 'Kysy' } },
      signals: [],
      holdout: 0.5,
      validFor: '2m',
    },
  ],
}

test('each item is the frame that a server would send', () => {
  expect(itemsOf(told).map(item => frameOf(item, 'Thanks'))).toEqual([
    [
      70,
      'why.0',
      'checkout',
      6,
      ['en', 'Why?', 'pt-BR', 'Por quê?'],
      [
        ['en', 'Too dear', 'pt-br', 'Caro'],
        ['en', 'Only looking'],
      ],
      false,
      86_400_000,
    ],
    [71, 'chat.0', 'shop', ['fi', 'Apua?'], ['https://page.invalid/help', ['fi', 'Kysy']], 86_400_000],
    [72, 'reply.0', 'shop', 'Thanks', 86_400_000],
  ])
})

test('the languages are those of all words; one that is missing is stood in for by the first', () => {
  const [why, chat, reply] = itemsOf(told)
  expect(languagesOf(itemsOf(told))).toEqual(['en', 'pt-BR', 'fi'])
  expect(languagesOf([])).toEqual(['en'])
  if (why === undefined || chat === undefined || reply === undefined) throw new Error('three items')
  expect([fallbackOf(why, 'EN'), fallbackOf(why, 'pt-BR'), fallbackOf(chat, 'en'), fallbackOf(reply, 'en')]).toEqual([
    null,
    'en',
    'fi',
    null,
  ])
  expect(inLanguage({ en: 'a', fi: 'b' }, 'FI') + inLanguage({ en: 'a', fi: 'b' }, 'sv')).toBe('ba')
})
