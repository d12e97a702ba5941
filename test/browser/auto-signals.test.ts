import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { CoreClient } from '@pulssi/sdk'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { FAULTLESS } from './auto-page/faultless.js'
import { HABITS } from './auto-page/habits.js'
import type { Pattern } from './auto-page/pattern.js'
import { TROUBLES } from './auto-page/troubles.js'
import { openAutoSite, pageWith } from './auto-site.js'
import { launch, watchedContext } from './chromium.js'
import { journeyOf } from './tag-site.js'

declare const pulse: CoreClient

const PATTERNS: readonly Pattern[] = [...TROUBLES, ...HABITS, ...FAULTLESS]
const LANES = 4
/** Of the patterns, one in so many is used where nothing is written. */
const SAMPLE = 6
/** Longer than any verdict takes, by the page's clock. */
const VERDICT_MS = 4_000
const TABLE = fileURLToPath(new URL('../../docs/SIGNALS.md', import.meta.url))

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const touchpointOf = (n: number): string => `pattern.n${n}`

/** Uses these patterns, each on a page of its own; returns what the server counted of each. */
const useAll = async (wanted: readonly number[]): Promise<Map<number, string[]>> => {
  const server = await serve()
  const files = Object.fromEntries(
    PATTERNS.flatMap(({ html, script = '' }, n) => {
      const pages = { [`/p${n}`]: touchpointOf(n), '/elsewhere': 'pattern.elsewhere' }
      return [
        [`/p${n}`, pageWith(server, { pages }, `<div>${html}</div><script src="/p${n}.js"></script>`)],
        [`/p${n}.js`, `{${script}}`],
      ]
    }),
  )
  const { url } = await openAutoSite(server, files)
  const run = async (n: number): Promise<void> => {
    // A clock is all of a context's.
    const { context } = await watchedContext(browser, { bypassCSP: true })
    await context.clock.install()
    const page = await context.newPage()
    await page.goto(`${url}/p${n}`)
    await page.waitForFunction(() => pulse.visitor)
    await (PATTERNS[n] as Pattern).use(page)
    await page.clock.runFor(VERDICT_MS)
    await page.evaluate(() => pulse.flush())
    await context.close()
  }
  await Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      for (let n = lane; n < wanted.length; n += LANES) await run(wanted[n] as number)
    }),
  )
  const { pulses } = await journeyOf(server)
  return new Map(
    wanted.map(n => {
      const found = pulses.find(({ touchpoint }) => touchpoint === touchpointOf(n))
      expect(found, PATTERNS[n]?.name).toBeDefined()
      // Of what is not meant to be slow, the machine is.
      const isMeant = (name: string) => name !== 'slow' || PATTERNS[n]?.trouble.includes(name)
      return [
        n,
        Object.keys(found?.friction.signals ?? {})
          .filter(isMeant)
          .sort(),
      ]
    }),
  )
}

const words = (names: readonly string[]): string => names.join(', ') || '—'

const rowOf = ({ name, trouble }: Pattern, heard: readonly string[]): string => {
  const missed = trouble.filter(one => !heard.includes(one))
  const wrong = heard.filter(one => !trouble.includes(one))
  const verdict = [missed.length && `missed: ${missed}`, wrong.length && `wrong: ${wrong}`].filter(Boolean).join('; ')
  return `| ${name} | ${words(trouble)} | ${words(heard)} | ${verdict || 'right'} |`
}

test('signals on pages as they are: the table in the documents is what is measured', async () => {
  const { SIGNALS } = process.env
  const writes = SIGNALS === 'write'
  const wanted = PATTERNS.map((_, n) => n).filter(n => writes || n % SAMPLE === 0)
  const rows = [...(await useAll(wanted))].map(([n, heard]) => rowOf(PATTERNS[n] as Pattern, heard))
  const text = readFileSync(TABLE, 'utf8')
  if (!writes) {
    for (const row of rows) expect(text).toContain(row)
    for (const { name } of PATTERNS) expect(text).toContain(`\n| ${name} | `)
    return
  }
  const count = (verdict: string): number => rows.filter(row => row.includes(`${verdict}: `)).length
  const sum = `${rows.length} patterns, ${TROUBLES.length} of them with trouble: ${count('wrong')} false, ${count('missed')} missed.`
  const table = ['| pattern | trouble | told | |', '| --- | --- | --- | --- |', ...rows, '', sum].join('\n')
  console.log(table)
  writeFileSync(
    TABLE,
    text.replace(/(<!-- measured -->\n)[\s\S]*(\n<!-- end -->)/, (_, from, to) => from + table + to),
  )
}, 240_000)
