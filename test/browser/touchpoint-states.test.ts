import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch, watchedContext } from './chromium.js'
import { send, stateIs } from './screen.js'
import { chartOf, hashOf, openTouchpoint, section, startWorld } from './touchpoint-server.js'
import { HOUR_MS, PAYMENT } from './touchpoint-world.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** Visitors who came from the cart to a payment that failed. */
const trouble = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => [
    { visitor: `t-${index}`, kind: 'enter', touchpoint: 'shop.cart' },
    { visitor: `t-${index}`, kind: 'enter', touchpoint: PAYMENT },
    { visitor: `t-${index}`, kind: 'signal', touchpoint: PAYMENT, name: 'error' },
  ]).flat()

const RULE = { name: 'payment <b>hurts', touchpoint: PAYMENT, figure: 'friction', above: 0.2, window: '5m' }

test('a touchpoint of which nothing has come says so, and comes to life with the first visitor', async () => {
  const server = await serve()
  await send(server.url, trouble(1).slice(0, 1))
  const { context, page, complaints } = await openTouchpoint(browser, server.url, PAYMENT)
  await page.getByText('Nothing has come from this touchpoint yet').waitFor()
  await section(page, 'history').getByText('Nothing has been counted in this time.').waitFor()
  await send(server.url, trouble(1))
  await page.locator('.tp-card[data-figure="friction"]', { hasText: 'n 1 · total · not yet believed' }).waitFor()
  await section(page, 'from').getByRole('link', { name: 'shop.cart' }).waitFor()
  await section(page, 'answers').getByText('No answers in this window.').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('an incident tells its story, and is acknowledged here', async () => {
  const server = await serve({ rules: [RULE] })
  await send(server.url, trouble(12))
  const { context, page, complaints } = await openTouchpoint(browser, server.url, PAYMENT)
  const incident = section(page, 'incidents').locator('li[data-state="firing"]')
  await incident.waitFor({ timeout: 30_000 })
  const text = await incident.textContent()
  expect(text).toContain('payment <b>hurts')
  expect(text).toContain('Friction above 20.0')
  expect(text).toMatch(/Distinct visitors\s*12/)
  await incident.getByRole('link', { name: 'shop.cart' }).waitFor()
  expect(await incident.locator('b b').count()).toBe(0)
  await incident.getByRole('button', { name: 'Acknowledge' }).click()
  await section(page, 'incidents').locator('li[data-state="acknowledged"]', { hasText: 'Acknowledged' }).waitFor()
  const { incidents } = (await (await fetch(`${server.url}/v1/incidents?state=all`)).json()) as {
    incidents: { state: string }[]
  }
  expect(incidents.map(({ state }) => state)).toEqual(['acknowledged'])
  expect(complaints).toEqual([])
  await context.close()
})

test('what a token may not read is said, and not asked for', async () => {
  const server = await serve({
    keys: [{ key: 'sk_test' }],
    readTokens: [{ token: 'rt_figures', touchpoints: ['*'], scopes: ['pulse'] }],
  })
  await send(server.url, trouble(6))
  const { context } = await watchedContext(browser, { locale: 'en' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', request => asked.push(new URL(request.url()).pathname))
  await page.goto(`${server.url}/${hashOf(PAYMENT)}`)
  await page.getByLabel('Read token').fill('rt_figures')
  await page.keyboard.press('Enter')
  await section(page, 'voices').getByText('it lacks the scope “voice”').waitFor()
  await section(page, 'incidents').getByText('it lacks the scope “incidents”').waitFor()
  await section(page, 'from').getByRole('link', { name: 'shop.cart' }).waitFor()
  expect(asked.filter(path => /voice|incidents/.test(path))).toEqual([])
})

test('a read that fails says so, and is tried again on demand', async () => {
  const server = await serve()
  await send(server.url, trouble(3))
  const { context, page } = await openTouchpoint(browser, server.url, 'shop.cart')
  await page.route('**/v1/history*', route =>
    route.fulfill({ status: 503, json: { error: { code: 'overloaded', message: 'too much at once' } } }),
  )
  await page.goto(`${server.url}/${hashOf(PAYMENT)}`)
  await page.getByRole('heading', { level: 2, name: PAYMENT }).waitFor()
  const history = section(page, 'history')
  await history.getByText('This could not be read: too much at once').waitFor()
  await page.unroute('**/v1/history*')
  await history.getByRole('button', { name: 'Try again' }).click()
  await history.getByRole('button', { name: 'Download CSV' }).waitFor()
  expect(await history.getByText('could not be read').count()).toBe(0)
  await context.close()
})

test('a server that goes away leaves what was read, marked as old, and is read anew when it is back', async () => {
  const server = await serve()
  const { port } = new URL(server.url)
  await send(server.url, trouble(3))
  const { context, page } = await openTouchpoint(browser, server.url, PAYMENT)
  await section(page, 'from').getByRole('link', { name: 'shop.cart' }).waitFor()
  await server.close()
  await stateIs(page, 'connecting')
  await section(page, 'from').getByText('may be old').waitFor({ timeout: 30_000 })
  expect(await section(page, 'from').getByRole('link', { name: 'shop.cart' }).count()).toBe(1)
  const again = await serve({ server: { port: Number(port) } })
  await send(again.url, [...trouble(2), { visitor: 't-9', kind: 'enter', touchpoint: PAYMENT }])
  await stateIs(page, 'live')
  await expect.poll(() => section(page, 'from').getByText('may be old').count(), { timeout: 30_000 }).toBe(0)
  await context.close()
})

test("a browser's clock that is hours off changes nothing that is asked or shown", async () => {
  const world = await startWorld()
  onTestFinished(() => world.close())
  const shown = async (offMs: number) => {
    const { context, page } = await openTouchpoint(browser, world.url, 'shop.cart')
    await context.addInitScript(off => {
      const real = Date
      const now = () => real.now() + off
      globalThis.Date = class extends real {
        constructor(...given: unknown[]) {
          super(...((given.length === 0 ? [now()] : given) as []))
        }
        static override now = now
      } as DateConstructor
    }, offMs)
    const asked: number[] = []
    page.on('request', request => {
      const to = new URL(request.url()).searchParams.get('to')
      if (to !== null) asked.push(Number(to))
    })
    await page.goto(`${world.url}/${hashOf(PAYMENT)}`)
    await page.reload()
    const chart = await chartOf(page)
    const told = await chart.getAttribute('aria-valuetext')
    const asOf = await section(page, 'history')
      .getByText(/^As of/)
      .textContent()
    await context.close()
    return { told, asOf, asked: Math.max(...asked) }
  }
  const right = await shown(0)
  const wrong = await shown(5 * HOUR_MS)
  expect(wrong.told).toBe(right.told)
  expect(wrong.asOf).toBe(right.asOf)
  expect(Math.abs(wrong.asked - right.asked)).toBeLessThan(HOUR_MS)
})
