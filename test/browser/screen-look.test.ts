import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { axeFindings, openScreen, rowOf, send, stateIs, visits } from './screen.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const LONG = `${'long-part-of-a-name.'.repeat(3)}ends`

/** More than a wallboard has room for. */
const MORE = Array.from({ length: 12 }, (_, index) => `shop.page-${index}`)

const world = async () => {
  const touchpoints = { 'shop.*': { stage: 'attract' }, 'pay.*': { stage: 'close' } }
  const server = await serve({ journey: { touchpoints } })
  await send(server.url, [
    ...visits('shop.home', 12),
    ...visits('pay.card', 8),
    ...MORE.flatMap(name => visits(name, 2)),
    { visitor: 'v-1', kind: 'enter', touchpoint: LONG },
    { visitor: 'v-1', kind: 'feedback', touchpoint: LONG, scale: 'csat', score: 1 },
  ])
  return server
}

const THEMES = ['light', 'dark'] as const
const LANGUAGES = ['en', 'fi'] as const
const looks = THEMES.flatMap(theme => LANGUAGES.map(language => [theme, language] as const))

test.each(looks)('axe finds nothing wrong (%s, %s)', async (colorScheme, locale) => {
  const server = await world()
  const { context, page, complaints } = await openScreen(browser, server.url, { colorScheme, locale })
  await page.locator(rowOf(LONG)).waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale)
  expect(await axeFindings(page)).toEqual([])
  await page.goto(`${server.url}/#/wallboard`)
  await page.locator('.wall-worst li').first().waitFor()
  expect(await axeFindings(page)).toEqual([])
  await server.close()
  await page.locator('#notice').waitFor()
  expect(await axeFindings(page), 'disconnected').toEqual([])
  expect(complaints.filter(text => !text.includes('ERR_CONNECTION'))).toEqual([])
  await context.close()
})

test.each(THEMES)('axe finds nothing wrong without data, nor where a token is asked for (%s)', async colorScheme => {
  const empty = await serve()
  const { context, page } = await openScreen(browser, empty.url, { colorScheme })
  await page.getByRole('heading', { name: 'No data yet' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  const closed = await serve({ readTokens: [{ token: 'rt_screen' }] })
  await page.goto(closed.url)
  await page.getByLabel('Read token').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await context.close()
})

const WIDTHS = [320, 360, 640, 768, 1_440, 2_560]

test('from 320 to 2,560 px nothing sticks out, and no text of a row is cut by another', async () => {
  const server = await world()
  const { context, page } = await openScreen(browser, server.url)
  await page.locator(rowOf(LONG)).waitFor()
  for (const path of ['/#/', '/#/wallboard']) {
    await page.goto(server.url + path)
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${path} at ${width}`).toBe(width)
    }
  }
  await page.goto(`${server.url}/#/`)
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    const cut = await page.locator('tbody tr[data-touchpoint]').evaluateAll(
      rows =>
        rows.filter(row => {
          const { bottom } = row.getBoundingClientRect()
          return [...row.querySelectorAll('.meta, .value, a')].some(
            node => node.getBoundingClientRect().bottom > bottom + 1,
          )
        }).length,
    )
    expect(cut, `rows with text beyond them at ${width}`).toBe(0)
  }
  await context.close()
})

test('with text of 200 % nothing sticks out', async () => {
  const server = await world()
  const { context, page } = await openScreen(browser, server.url, { viewport: { width: 1_280, height: 900 } })
  await page.locator(rowOf(LONG)).waitFor()
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1_280)
  // What a browser does at 200 %: half the pixels.
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'))
  await page.setViewportSize({ width: 640, height: 450 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(640)
  await context.close()
})

test('theme and language are chosen on the page, and kept nowhere', async () => {
  const server = await world()
  const { context, page } = await openScreen(browser, server.url, { colorScheme: 'light' })
  await page.locator(rowOf(LONG)).waitFor()
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await background()
  await page.getByLabel('Theme').selectOption('dark')
  expect(await background()).not.toBe(light)
  await page.getByLabel('Language').selectOption('fi')
  await page.getByRole('heading', { name: 'Kosketuspisteet, huonoin ensin' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('fi')
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, ''])
  await context.close()
})

test('forced colours and reduced motion leave all that is drawn in sight', async () => {
  const server = await world()
  const { context, page } = await openScreen(browser, server.url, { forcedColors: 'active', reducedMotion: 'reduce' })
  await page.locator(rowOf('shop.home')).waitFor()
  const [range, canvas] = await page
    .locator(`${rowOf('shop.home')} [data-figure="dropOff"] .range`)
    .evaluate(node => [getComputedStyle(node).stroke, getComputedStyle(document.body).backgroundColor])
  expect(range).not.toBe(canvas)
  await context.close()
})

test('a screen reader is told of a loss once, not of figures', async () => {
  const server = await world()
  const { context, page } = await openScreen(browser, server.url)
  await page.locator(rowOf(LONG)).waitFor()
  const status = page.getByRole('status')
  await page.evaluate(() => {
    const told: string[] = []
    Object.assign(globalThis, { told })
    const node = document.querySelector('[role="status"]') as Element
    new MutationObserver(() => told.push(...(node.textContent ? [node.textContent] : []))).observe(node, {
      childList: true,
      subtree: true,
      characterData: true,
    })
  })
  await send(server.url, visits('shop.more', 5))
  await page.locator(rowOf('shop.more')).waitFor()
  await server.close()
  await stateIs(page, 'connecting')
  await status.filter({ hasText: 'Connection lost, trying again.' }).waitFor()
  const told = await page.evaluate(() => (globalThis as unknown as { told: string[] }).told)
  expect(told).toEqual(['Connection lost, trying again.'])
  await context.close()
})

test('a wallboard has nothing to press but a way out by keyboard, shows whole rows alone, and keeps the display on', async () => {
  const server = await world()
  const { context, page } = await openScreen(browser, 'about:blank', { viewport: { width: 1_440, height: 810 } })
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'wakeLock', {
      value: { request: (kind: string) => Promise.resolve(Object.assign(document, { lock: kind })) },
    })
  })
  await page.goto(`${server.url}/?wallboard`)
  await page.locator('.wall-worst li').first().waitFor()
  expect(await page.evaluate(() => (document as { lock?: string }).lock)).toBe('screen')
  expect(await page.locator('button:visible, select:visible, input:visible').count()).toBe(0)
  const [scroll, cut] = await page.evaluate(() => {
    const { bottom, right } = (document.querySelector('.wall-worst') as Element).getBoundingClientRect()
    const rows = [...document.querySelectorAll('.wall-worst li')].map(row => row.getBoundingClientRect())
    const seen = rows.filter(row => row.left < right && row.top < bottom)
    return [document.documentElement.scrollHeight, seen.filter(row => row.bottom > bottom + 1).length]
  })
  expect(scroll).toBe(810)
  expect(cut).toBe(0)
  await page.keyboard.press('Escape')
  await page.locator(rowOf('shop.home')).waitFor()
  await context.close()
})
