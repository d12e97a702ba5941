/** That the table of guards fits the tree; `npm run test:guards` tries each of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

interface Guard {
  readonly name: string
  readonly input: string
  readonly file: string
  readonly old: string
  readonly new: string
  readonly test: string
  readonly title: string
  readonly built?: boolean
}

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const rooms = readdirSync(root('test/guards')).filter(name => name.endsWith('.json'))
const guards = rooms.flatMap(name => JSON.parse(readFileSync(root(`test/guards/${name}`), 'utf8')) as Guard[])
const FIELDS = ['name', 'input', 'file', 'old', 'new', 'test', 'title'] as const

describe('the table of guards', () => {
  test.each(guards.map(guard => [guard.name, guard] as const))('%s', (_, guard) => {
    for (const field of FIELDS) expect(guard[field], field).toBeTypeOf('string')
    expect(guard.new).not.toBe(guard.old)
    expect(readFileSync(root(guard.file), 'utf8').split(guard.old).length - 1, `in ${guard.file}`).toBe(1)
    expect(existsSync(root(guard.test)), guard.test).toBe(true)
    expect(readFileSync(root(guard.test), 'utf8'), guard.test).toContain(guard.title)
  })

  test('no two have one name', () => {
    const names = guards.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })
})
