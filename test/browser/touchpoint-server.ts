import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, startServer } from '@pulssi/aggregator'
import { pino } from 'pino'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Watched } from './chromium.js'
import { openScreen } from './screen.js'
import { HOUR_MS, SETTINGS, sendWorld, worldOf } from './touchpoint-world.js'

export interface World {
  readonly url: string
  /** JSON of a read. */
  read<T>(path: string, parameters?: Record<string, string | number>): Promise<T>
  close(): Promise<void>
}

/** A server with four weeks of the shop, for all tests of a file. */
export const startWorld = async (): Promise<World> => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-weeks-'))
  const { server, ...settings } = SETTINGS
  const config = parseConfig({ ...settings, server: { ...server, port: 0, dataDir: folder } })
  const running = await startServer({ config, logger: pino({ level: 'silent' }) })
  const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
  await sendWorld(running.url, worldOf({ end, days: 28, perHour: 6 }))
  return {
    url: running.url,
    read: async <T>(path: string, parameters = {}) => {
      const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))
      const answer = await fetch(new URL(`${path}?${query}`, running.url))
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as T
    },
    close: async () => {
      await running.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const hashOf = (name: string): string => `#/touchpoint/${encodeURIComponent(name)}`

export const ZONE = 'Europe/Helsinki'

export const openTouchpoint = async (
  browser: Browser,
  url: string,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Watched & { readonly page: Page }> => {
  const opened = await openScreen(browser, `${new URL(url).origin}/${hashOf(name)}`, { timezoneId: ZONE, ...options })
  await opened.page.getByRole('heading', { level: 2, name, exact: true }).waitFor()
  return opened
}

export const section = (page: Page, name: string) => page.locator(`[data-section="${name}"]`)

/** Once its chart can be read. */
export const chartOf = async (page: Page) => {
  const chart = page.getByRole('slider')
  await chart.locator('canvas').waitFor()
  return chart
}
