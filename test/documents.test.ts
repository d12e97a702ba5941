/** PRIVACY.md and SECURITY.md say what is so: their tables are those of the code, what they cite is there. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { FIELDS } from '../aggregator/src/doctor/index.js'
import { LOG_FIELDS } from '../aggregator/src/logger.js'

const root = new URL('..', import.meta.url)
const pathOf = (file: string): string => fileURLToPath(new URL(file, root))
const read = (file: string): string => readFileSync(pathOf(file), 'utf8')

/** Rows of a table under a heading, without its head, as cells. */
const rowsUnder = (text: string, heading: string): string[][] => {
  const part = text.split(/^## /m).find(section => section.startsWith(`${heading}\n`)) ?? ''
  const rows = part.split('\n').filter(line => line.startsWith('|'))
  return rows.slice(2).map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
}

describe('PRIVACY.md', () => {
  const text = read('PRIVACY.md')

  test('has the data map of the code', () => {
    const rows = FIELDS.map(({ name, places, is, usedBy, stay }) => [
      `\`${name}\``,
      places.join(', '),
      is,
      usedBy,
      stay,
    ])
    expect(rowsUnder(text, 'Data map')).toEqual(rows)
  })

  test('has the fields of log lines', () => {
    expect(rowsUnder(text, 'Log lines')).toEqual(Object.entries(LOG_FIELDS).map(([name, is]) => [`\`${name}\``, is]))
  })
})

describe('SECURITY.md', () => {
  const text = read('SECURITY.md')
  const section = text.slice(text.indexOf('## Each attack'))
  const rows = section.split('\n').filter(line => line.startsWith('|') && !/^\| (attack|fault|---)/.test(line))
  const cited = [...section.matchAll(/`([^`\n]+\.ts) › ([^`\n]+)`/g)].map(
    ([, file = '', title = '']) => [file, title] as const,
  )

  test('gives each attack a guard and a test', () => {
    expect(rows.length).toBeGreaterThan(30)
    for (const row of rows) {
      const [attack = '', guard = '', where = '', proof = ''] = row.split(' | ')
      expect([attack, guard].every(cell => cell.length > 5)).toBe(true)
      expect(where).toMatch(/^`[^`]+\.ts`/)
      expect(proof).toMatch(/^`[^`]+\.test\.ts › /)
    }
  })

  test('cites files that are there', () => {
    const files = [...section.matchAll(/`([\w./-]+\.(?:ts|mjs))`/g)].map(([, file = '']) => file)
    expect(files.filter(file => !existsSync(pathOf(file)))).toEqual([])
  })

  test('cites tests that are there', () => {
    const missing = cited.filter(([file, title]) => !existsSync(pathOf(file)) || !read(file).includes(title))
    expect(missing).toEqual([])
  })
})
