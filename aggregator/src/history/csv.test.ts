import type { HistoryRow } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Tally } from '../engine/index.js'
import { csvCell, historyCsv } from './csv.js'
import { type Zone, zoneOf } from './zone.js'

/** Reads a cell back as RFC 4180 says. */
const unquoted = (cell: string): string => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)

test('a text is read back as it was, and no spreadsheet computes it', () => {
  const text = fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '"', ',', '\n', '\r', '\t', 'a', ' ') })
  fc.assert(
    fc.property(text, value => {
      const back = unquoted(csvCell(value))
      expect(back.replace(/^'/, '')).toBe(value.replace(/^'/, ''))
      expect(back).not.toMatch(/^[=+\-@\t\r]/)
    }),
  )
  expect([csvCell(-0.5), csvCell(null), csvCell('-rage 2')]).toEqual(['-0.5', '', "'-rage 2"])
})

test('a header, then a line a row with as many cells', () => {
  const figures = new Tally().figures({ sentiment: 0.5, dropOff: 0.3, friction: 0.2 })
  const from = Date.UTC(2026, 2, 28, 22)
  const row: HistoryRow = { touchpoint: '-cart', from, to: from + 23 * 3_600_000, ...figures }
  const [header = '', line = ''] = [...historyCsv([row], zoneOf('Europe/Helsinki') as Zone)]
  expect(line.split(',').slice(0, 5)).toEqual([
    "'-cart",
    '2026-03-28T22:00:00.000Z',
    '2026-03-29T21:00:00.000Z',
    '2026-03-29 00:00',
    '0',
  ])
  expect([header.endsWith('\r\n'), line.split(',').length]).toEqual([true, header.split(',').length])
})
