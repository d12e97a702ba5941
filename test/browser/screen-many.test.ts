import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { openScreen, rowOf, send } from './screen.js'

const TOUCHPOINTS = 2_000
const BATCH = 500
/** Rows that a screen of 900 px may hold, with what is drawn beyond its edges. */
const DRAWN_MAX = 80
const LONG = 'long-part-of-a-name-that-is-long.'.repeat(2).slice(0, 58)
/** The longest names that there are. */
const nameOf = (index: number): string => `${LONG}.${10_000 + index}`

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** Everybody has a place, since everybody stands in the map. */
const world = async () => {
  const server = await serve({ journey: { touchpoints: { '*': { stage: 'close' } } } })
  const names = Array.from({ length: TOUCHPOINTS }, (_, index) => nameOf(index))
  for (let at = 0; at < names.length; at += BATCH) {
    const part = names.slice(at, at + BATCH)
    await send(
      server.url,
      part.map((touchpoint, index) => ({ visitor: `v-${at + index}`, kind: 'enter', touchpoint })),
    )
  }
  return server
}

test('2,000 touchpoints are all there, few rows are drawn, and the connection holds', async () => {
  const server = await world()
  const { context, page, complaints } = await openScreen(browser, 'about:blank', {
    viewport: { width: 1440, height: 900 },
  })
  let sockets = 0
  page.on('websocket', () => sockets++)
  await page.goto(server.url)
  await page.locator('.count', { hasText: '2,000 touchpoints' }).waitFor()
  const drawn = () => page.locator('tbody tr[data-touchpoint]').count()
  expect(await drawn()).toBeLessThan(DRAWN_MAX)
  expect(await page.locator('table').getAttribute('aria-rowcount')).toBe(String(TOUCHPOINTS + 1))
  const last = nameOf(TOUCHPOINTS - 1)
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
  await page.locator(rowOf(last)).waitFor()
  expect(await drawn()).toBeLessThan(DRAWN_MAX)
  const first = page.locator(rowOf(nameOf(0)))
  expect(await first.count(), 'the tab stop is drawn wherever it is').toBe(1)

  await send(server.url, [{ visitor: 'late', kind: 'enter', touchpoint: last }])
  await page.locator(`${rowOf(last)} [data-figure="active"]`, { hasText: '2' }).waitFor()
  expect(sockets, 'one connection, that was never lost').toBe(1)
  expect(complaints).toEqual([])
  await context.close()
})

test('a filter finds one of 2,000, and none', async () => {
  const server = await world()
  const { context, page } = await openScreen(browser, server.url)
  await page.locator('.count', { hasText: '2,000 touchpoints' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('.11234')
  await page.locator('.count', { hasText: '1 of 2,000 touchpoints' }).waitFor()
  expect(await page.locator('tbody tr[data-touchpoint]').getAttribute('data-touchpoint')).toBe(nameOf(1_234))
  await page.keyboard.type('x')
  await page.getByText('No touchpoint matches.').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.count', { hasText: /^2,000 touchpoints/ }).waitFor()
  await context.close()
})
