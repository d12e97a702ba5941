import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from './chromium.js'
import { axeFindings } from './screen.js'
import { openTouchpoint, section, startWorld, type World } from './touchpoint-server.js'
import { LONG_NAME, PAYMENT } from './touchpoint-world.js'

let browser: Browser
let world: World
beforeAll(async () => {
  ;[browser, world] = await Promise.all([launch(), startWorld()])
})
afterAll(() => Promise.all([browser.close(), world.close()]))

/** Until everything stands that is read from the server. */
const complete = async (page: Page): Promise<void> => {
  await page.locator('[data-section="history"] canvas').waitFor()
  await section(page, 'heat').scrollIntoViewIfNeeded()
  await section(page, 'heat').locator('td').first().waitFor()
  await expect.poll(() => page.locator('.tp-skeleton').count()).toBe(0)
}

const LOOKS = (['light', 'dark'] as const).flatMap(theme =>
  (['en', 'fi'] as const).map(locale => [theme, locale] as const),
)

test.each(LOOKS)('axe finds nothing wrong (%s, %s)', async (colorScheme, locale) => {
  const { context, page, complaints } = await openTouchpoint(browser, world.url, PAYMENT, { colorScheme, locale })
  await complete(page)
  expect(await axeFindings(page), 'drop-off').toEqual([])
  await page.locator('[data-section="history"] input[value="sentiment"]').check({ force: true })
  await page.locator('[data-section="history"] summary').click()
  await page.locator('[data-section="history"] tbody tr').first().waitFor()
  expect(await axeFindings(page), 'sentiment, with its table').toEqual([])
  expect(complaints).toEqual([])
  await context.close()
})

const WIDTHS = [320, 360, 640, 768, 1_440, 2_560]

test.each([PAYMENT, LONG_NAME])('from 320 to 2,560 px nothing of %s sticks out', async name => {
  const { context, page } = await openTouchpoint(browser, world.url, name)
  await complete(page)
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    const chart = page.locator('[data-section="history"] canvas')
    await expect
      .poll(() => chart.evaluate(node => node.getBoundingClientRect().right - innerWidth), { timeout: 5_000 })
      .toBeLessThanOrEqual(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width}`).toBe(width)
    const beyond = await page
      .locator('.tp-section, .tp-cards')
      .evaluateAll(nodes => nodes.filter(node => node.scrollWidth > node.clientWidth + 1).map(node => node.textContent))
    expect(beyond, `beyond their card at ${width}`).toEqual([])
  }
  await context.close()
})

test('a name of 64 characters is shown whole, as a heading and as a link', async () => {
  const { context, page } = await openTouchpoint(browser, world.url, 'shop.cart', {
    viewport: { width: 320, height: 800 },
  })
  expect(LONG_NAME).toHaveLength(64)
  const link = section(page, 'to').getByRole('link', { name: LONG_NAME })
  await link.waitFor()
  expect(
    await link.evaluate(
      node => node.scrollWidth <= node.clientWidth + 1 || getComputedStyle(node).display === 'inline',
    ),
  ).toBe(true)
  await link.click()
  const heading = page.getByRole('heading', { level: 2, name: LONG_NAME })
  await heading.waitFor()
  expect(await heading.evaluate(node => node.getBoundingClientRect().right <= innerWidth)).toBe(true)
  await context.close()
})

test('with text of 200 % nothing sticks out', async () => {
  const { context, page } = await openTouchpoint(browser, world.url, PAYMENT, {
    viewport: { width: 1_280, height: 900 },
  })
  await complete(page)
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(1_280)
  await context.close()
})

test('forced colours leave chart, bars and table in sight', async () => {
  const { context, page } = await openTouchpoint(browser, world.url, PAYMENT, { forcedColors: 'active' })
  await complete(page)
  const bar = section(page, 'answers-csat').locator('.tp-fill').first()
  const [fill, canvas] = await bar.evaluate(node => [
    getComputedStyle(node).fill,
    getComputedStyle(document.body).backgroundColor,
  ])
  expect(fill).not.toBe(canvas)
  // Some pixel of the drawing differs from what lies around it.
  const colors = await page.locator('[data-section="history"] canvas').evaluate(node => {
    const { data } = (node as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, 400, 120) ?? { data: [] }
    const seen = new Set<string>()
    for (let at = 0; at < data.length; at += 4)
      if ((data[at + 3] ?? 0) > 200) seen.add(`${data[at]} ${data[at + 1]} ${data[at + 2]}`)
    return [...seen]
  })
  expect(colors.length).toBeGreaterThan(0)
  await context.close()
})
