import type { Incident } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyOf } from './body.js'
import { harmless } from './harmless.js'

const INCIDENT: Incident = {
  id: 'i.1',
  rule: 'payment hurts',
  touchpoint: 'checkout.payment',
  figure: 'dropOff',
  below: null,
  above: 0.5,
  state: 'firing',
  since: 1_732_249_880_000,
  firedAt: 1_732_250_000_000,
  acknowledgedAt: null,
  resolvedAt: null,
  window: '5m',
  value: 0.62,
  low: 0.51,
  high: 0.72,
  n: 87,
  story: {
    firstBadMinute: 1_732_249_860_000,
    visitors: 118,
    before: 'checkout.cart',
    after: null,
    reason: 'error',
    recovered: 0.12,
  },
}
const AT = 1_732_250_000_000
const told = (format: 'standard' | 'slack' | 'teams', incident = INCIDENT) =>
  JSON.parse(bodyOf(format, { type: 'incident', incident }, AT))

/** All strings of a JSON value. */
const strings = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}

describe('a message', () => {
  test('in the form of Standard Webhooks is type, time and the whole incident', () => {
    expect(told('standard')).toEqual({ type: 'incident.firing', timestamp: '2024-11-22T04:33:20.000Z', data: INCIDENT })
  })

  test('for Slack is plain text in blocks, with a line to be read aloud', () => {
    const { text, blocks } = told('slack')
    expect(text).toBe('checkout.payment turned bad: payment hurts')
    expect(blocks.map((block: { text: { type: string } }) => block.text.type)).toEqual(['plain_text', 'plain_text'])
    expect(blocks[1].text.text).toBe(
      'Drop-off 62 % (51 % to 72 %) of 87 in 5m; the rule says above 50 %\n' +
        'First bad minute 04:31 UTC; 118 visitors; 12 % of those who left came back\n' +
        'Before it: checkout.cart\nLast signal of those who left: error',
    )
  })

  test('for Teams is an Adaptive Card of text runs, which know no markup', () => {
    const [{ contentType, content }] = told('teams').attachments
    expect([contentType, content.type, content.version]).toEqual([
      'application/vnd.microsoft.card.adaptive',
      'AdaptiveCard',
      '1.4',
    ])
    expect(new Set(content.body.map(({ type }: { type: string }) => type))).toEqual(new Set(['RichTextBlock']))
  })

  test('for a chat holds no markup, control character or mark that turns text, whatever the names are', () => {
    const nasty = fc
      .array(
        fc.constantFrom(
          '<!channel>',
          '<@U1>',
          '[x](http://y)',
          '*b*',
          '`c`',
          '\u202e',
          '\u2066',
          '\n',
          '\0',
          '&lt;',
          'a',
        ),
      )
      .map(parts => parts.join(''))
    fc.assert(
      fc.property(nasty, nasty, fc.constantFrom('slack' as const, 'teams' as const), (rule, reason, format) => {
        const story = { ...INCIDENT.story, reason, before: rule }
        const all = strings(told(format, { ...INCIDENT, rule, touchpoint: reason, story }))
        const shown = all.filter(text => !text.startsWith('http://adaptivecards')).join('')
        expect(shown).not.toMatch(/[<>&*`[\]@]|[\p{Cf}]|[^\P{Cc}\n]/u)
      }),
    )
  })

  test('a test says that nothing has happened', () => {
    expect(JSON.parse(bodyOf('standard', { type: 'test' }, AT))).toMatchObject({ type: 'hook.test' })
    expect(bodyOf('slack', { type: 'test' }, AT)).toContain('Nothing has happened')
  })
})

test('names stay what they are where they can', () => {
  expect(harmless('checkout.payment_2-b')).toBe('checkout.payment_2-b')
  expect(harmless('Ääkköset – 支付')).toBe('Ääkköset – 支付')
})
