import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Close, Fault, Frame, IDENTITIES, Kind, Refusal, SCALES, SUBPROTOCOL, WINDOWS } from './client/index.js'
import * as limits from './client/limits.js'
import { fromJson } from './json.js'
import { pulseRowSchema } from './schema/index.js'

const spec = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8')

const between = (start: string, end: string): string => {
  const from = spec.indexOf(start)
  const to = spec.indexOf(end, from + start.length)
  expect(from, start).toBeGreaterThan(-1)
  expect(to, end).toBeGreaterThan(from)
  return spec.slice(from, to)
}

/** First two cells of each row of the table whose header begins with these two. */
const table = (first: string, second: string): Record<string, number> => {
  const header = new RegExp(`^\\| ${first} +\\| ${second} .*\\n(\\|.*\\n)+`, 'm').exec(spec)?.[0] ?? ''
  const rows = [...header.matchAll(/^\| `(\w+)` +\| ([^|]+) \|/gm)]
  return Object.fromEntries(rows.map(row => [row[1], Number(row[2])]))
}

describe('SPEC.md', () => {
  test('part 4 lists all codes, and no others', () => {
    expect(table('refusal', 'code')).toStrictEqual({ ...Refusal })
    expect(table('fault', 'code')).toStrictEqual({ ...Fault })
    expect(table('close', 'code')).toStrictEqual({ ...Close })
  })

  test('part 5 lists all limits, and no others', () => {
    const numbers = Object.entries(limits).filter(([, value]) => typeof value === 'number')
    expect(table('limit', 'value')).toStrictEqual(Object.fromEntries(numbers))
  })

  test('part 2 has each frame and each event under its number', () => {
    const heads = (rules: string) => [...rules.matchAll(/^(\w+) +:= \[(\d+)[,\]]/gm)]
    const grammar = between('## 2. Grammar', '## 3. Rules')
    const found = heads(grammar).map(match => [match[1], Number(match[2])])
    const expected = [...Object.entries(Kind), ...Object.entries(Frame)]
    expect(new Set(found.map(String))).toStrictEqual(new Set(expected.map(String)))
    for (const names of [IDENTITIES, SCALES, WINDOWS]) {
      expect(grammar).toContain(`index into ${names.map(name => `\`${name}\``).join(', ')}`)
    }
    expect(spec).toContain(SUBPROTOCOL)
  })

  test('the row has as many fields as the schema', () => {
    const row = between('row         := [', 'saved]').slice('row         := ['.length)
    const fields = row
      .replaceAll(/\[[^\]]*\]/g, 'list')
      .replaceAll(/ {2,}(drop-off|sentiment|friction|corrected)\n/g, '\n')
      .split(',')
    expect(fields).toHaveLength(pulseRowSchema.def.items.length)
  })

  test('the sample of part 6 is an event', () => {
    const sample = between('```json\n', '\n```').slice('```json\n'.length)
    expect(fromJson(JSON.parse(sample), Date.UTC(2026))).toMatchObject({
      visitor: 'v-1',
      event: [3, 0, 0, 5, 0, 'so quick'],
    })
  })

  test('every rule that a test names is written there, once', () => {
    const rules = [...spec.matchAll(/^[*-] \*\*(W\d+)\*\*/gm)].map(match => match[1])
    expect(new Set(rules).size).toBe(rules.length)
    for (const rule of ['W20', 'W21', 'W22', 'W23', 'W24', 'W30', 'W34', 'W40', 'W41', 'W42'])
      expect(rules).toContain(rule)
  })
})
