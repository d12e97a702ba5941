/** What the documents show runs, in an empty folder, with the packages as they would be published. */
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBlocks } from './documents/blocks.js'
import { RUNNERS, runnersOf } from './documents/runners.js'
import { createWorld, type World } from './documents/world.js'

const PICTURE_BYTES = 300_000
const blocks = readBlocks()
const readText = (file: string): string => readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8')

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world?.end())

describe('what the documents show runs', () => {
  test.each(blocks.map(block => [block.where, block] as const))('%s', async (_, block) => {
    const runners = runnersOf(block)
    expect(
      runners.map(({ name }) => name),
      `one runner for the block of ${block.where}`,
    ).toHaveLength(1)
    await runners[0]?.run(block, world)
  })

  test.each(RUNNERS.map(runner => [runner.name, runner] as const))('and every runner has a block: %s', (_, runner) => {
    expect(blocks.some(runner.takes)).toBe(true)
  })
})

describe('what the README says is so', () => {
  const readme = readText('README.md')

  test('it names no size but those that are checked', () => {
    const limits = JSON.parse(readText('.size-limit.json')) as { path: string | []; limit: string; brotli: boolean }[]
    const rows = [...readme.matchAll(/^\| `?(\S+\.js|these four)`? +\| ([\d.]+ kB) +\|/gm)].map(row => row.slice(1))
    const nameOf = (path: string | []) => (typeof path === 'string' ? path.replace('sdk/dist/', '') : 'these four')
    const checked = limits.filter(({ brotli }) => brotli).map(({ path, limit }) => [nameOf(path), limit])
    expect(rows.sort()).toEqual(checked.sort())
  })

  test('it has every package that the server stands on, and no other', () => {
    const { dependencies } = JSON.parse(readText('aggregator/package.json')) as { dependencies: object }
    const ours = Object.keys(dependencies).filter(name => !name.startsWith('@pulssi/'))
    const names = [...new Set(['msgpackr', ...ours.map(name => name.replace(/^(@nats-io)\/.*/, '$1'))])]
    const [, table = ''] = readme.split('## Packages it stands on\n')
    const rows = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| ([\w@.-]+) +\|/gm)].map(([, name]) => name)
    expect(rows.filter(name => name !== 'package' && name !== undefined && !/^-+$/.test(name)).sort()).toEqual(
      names.sort(),
    )
  })

  test.each(['README.md', 'CONTRIBUTING.md', 'docs/ASKS.md', 'docs/OPERATIONS.md', 'docs/CLUSTER.md'])(
    '%s links to files that are there',
    file => {
      const targets = [...readText(file).matchAll(/(?:\]\(|(?:src|srcset)=")([\w./-]+?)(?:[)"])/g)].map(
        ([, one = '']) => one,
      )
      const here = new URL(`../${file}`, import.meta.url)
      for (const target of targets) expect(() => readFileSync(new URL(target, here)), target).not.toThrow()
    },
  )

  test('its pictures load quickly', () => {
    const pictures = [...readme.matchAll(/(?:src|srcset)="(docs\/[\w-]+\.png)"/g)]
    expect(pictures).toHaveLength(2)
    for (const [, file = ''] of pictures) {
      expect(statSync(new URL(`../${file}`, import.meta.url)).size).toBeLessThanOrEqual(PICTURE_BYTES)
    }
  })

  test('CONTRIBUTING.md names files and folders that are there', () => {
    const named = [...readText('CONTRIBUTING.md').matchAll(/`((?:protocol|sdk|aggregator|test)\/[\w./-]+\.ts)`/g)]
    expect(named.length).toBeGreaterThan(8)
    for (const [, file = ''] of named) expect(() => readText(file), file).not.toThrow()
  })
})
