import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from './chromium.js'
import { chartOf, openTouchpoint, section, startWorld, type World } from './touchpoint-server.js'
import { PAYMENT } from './touchpoint-world.js'

let browser: Browser
let world: World
beforeAll(async () => {
  ;[browser, world] = await Promise.all([launch(), startWorld()])
})
afterAll(() => Promise.all([browser.close(), world.close()]))

/** Opened, with all that is read late. */
const opened = async () => {
  const made = await openTouchpoint(browser, world.url, PAYMENT)
  await section(made.page, 'heat').scrollIntoViewIfNeeded()
  await section(made.page, 'heat').locator('td').first().waitFor()
  await section(made.page, 'voices').getByRole('button', { name: 'more' }).first().waitFor()
  await section(made.page, 'from').getByRole('link').first().waitFor()
  await chartOf(made.page)
  return made
}

const FOCUSABLE = 'a[href], button, select, summary, input, [tabindex="0"]'

/** What has the focus: its place among all elements, and whether that shows, on it or on its label. */
const focusOf = (page: Page): Promise<{ place: number; group: string; isSeen: boolean }> =>
  page.evaluate(() => {
    const node = document.activeElement as HTMLInputElement
    const drawn = node.type === 'radio' ? (node.nextElementSibling as Element) : node
    return {
      place: [...document.querySelectorAll('*')].indexOf(node),
      group: node.type === 'radio' ? node.name : '',
      isSeen: getComputedStyle(drawn).outlineStyle !== 'none',
    }
  })

test('Tab alone reaches everything that can be used, and what has the focus shows it', async () => {
  const { context, page } = await opened()
  // A group of choices is one stop.
  const wanted = await page.locator(FOCUSABLE).evaluateAll(nodes => {
    const all = [...document.querySelectorAll('*')]
    const usable = nodes.filter(node => (node as HTMLElement).tabIndex >= 0 && node.getClientRects().length > 0)
    return usable
      .filter(node => !(node as HTMLInputElement).name || (node as HTMLInputElement).checked)
      .map(node => all.indexOf(node))
  })
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.locator('.skip').focus()
  const reached = new Set<number>()
  for (let turn = 0; turn < wanted.length + 2; turn++) {
    const { place, isSeen } = await focusOf(page)
    reached.add(place)
    if (place > 0 && wanted.includes(place)) expect(isSeen, `the focus at ${place}`).toBe(true)
    await page.keyboard.press('Tab')
  }
  expect(wanted.filter(place => !reached.has(place))).toEqual([])
  await context.close()
})

test('arrow keys read the chart step by step, Home and End reach its ends', async () => {
  const { context, page } = await opened()
  const chart = await chartOf(page)
  const read = () => chart.getAttribute('aria-valuetext')
  const shown = page.locator('[data-section="history"] .tp-reading')
  await chart.focus()
  const first = await read()
  await page.keyboard.press('ArrowLeft')
  const second = await read()
  expect(second).not.toBe(first)
  expect(await shown.textContent()).toBe(second)
  await page.keyboard.press('ArrowRight')
  expect(await read()).toBe(first)
  await page.keyboard.press('Home')
  expect(await chart.getAttribute('aria-valuenow')).toBe('0')
  await page.keyboard.press('ArrowLeft')
  expect(await chart.getAttribute('aria-valuenow')).toBe('0')
  await page.keyboard.press('End')
  expect(await chart.getAttribute('aria-valuenow')).toBe(await chart.getAttribute('aria-valuemax'))
  expect(await page.locator('html').getAttribute('data-page')).toBe('touchpoint')
  await context.close()
})

test('a pointer reads the same as the keys', async () => {
  const { context, page } = await opened()
  const chart = await chartOf(page)
  await chart.focus()
  await page.keyboard.press('Home')
  const first = await chart.getAttribute('aria-valuetext')
  const over = chart.locator('.u-over')
  const { width = 0, height = 0 } = (await over.boundingBox()) ?? {}
  await over.hover({ position: { x: width - 2, y: height / 2 } })
  await expect.poll(() => chart.getAttribute('aria-valuetext')).not.toBe(first)
  await over.hover({ position: { x: 1, y: height / 2 } })
  await expect.poll(() => chart.getAttribute('aria-valuetext')).toBe(first)
  await context.close()
})

test('arrow keys move through the heat table, whose one stop for Tab moves with them', async () => {
  const { context, page } = await opened()
  const heat = section(page, 'heat')
  expect(await heat.locator('td[tabindex="0"]').count()).toBe(1)
  await heat.locator('td[tabindex="0"]').focus()
  const reading = heat.locator('.tp-reading')
  expect(await reading.textContent()).toMatch(/^Monday 00:00–01:00/)
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key)
  await expect.poll(() => reading.textContent()).toMatch(/^Tuesday 02:00–03:00/)
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => reading.textContent()).toMatch(/^Tuesday 23:00–00:00/)
  expect(await heat.locator('td:focus').getAttribute('tabindex')).toBe('0')
  expect(await heat.locator('td[tabindex="0"]').count()).toBe(1)
  await context.close()
})

test('Esc leads back to the overview', async () => {
  const { context, page } = await opened()
  await page.keyboard.press('Escape')
  await page.locator('html[data-page="overview"]').waitFor()
  await context.close()
})
