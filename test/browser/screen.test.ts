import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataDir, serve } from '../e2e/harness.js'
import { launch, watchedContext } from './chromium.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const state = (page: Page, name: string) => page.locator(`html[data-state="${name}"]`).waitFor({ timeout: 30_000 })

const send = async (url: string, events: readonly object[]): Promise<void> => {
  const answer = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test', 'content-type': 'application/json' },
    body: JSON.stringify({ events: events.map(event => ({ at: Date.now(), ...event })) }),
  })
  expect(await answer.json()).toMatchObject({ accepted: events.length })
}

test('without data the screen says so, and shows the first touchpoint at once', async () => {
  const server = await serve()
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(server.url)
  await page.getByText('No data yet. The first').waitFor()
  await send(server.url, [{ visitor: 'v-1', kind: 'enter', touchpoint: 'shop.home' }])
  await page.locator('[data-touchpoint="shop.home"]').waitFor()
  expect(await page.getByText('No data yet. The first').isHidden()).toBe(true)
  expect(await page.locator('[data-touchpoint="shop.home"] [data-figure="active"] .value').textContent()).toBe('1')
  expect(complaints).toEqual([])
  await context.close()
})

test('figures that are not yet believed are marked, and believed ones stand in their shortest window', async () => {
  const server = await serve()
  const visits = Array.from({ length: 60 }, (_, index) => [
    { visitor: `v-${index}`, kind: 'enter', touchpoint: 'shop.home' },
    { visitor: `v-${index}`, kind: 'goal', touchpoint: 'shop.home' },
  ]).flat()
  await send(server.url, [...visits, { visitor: 'w', kind: 'goal', touchpoint: 'shop.rare' }])
  const { context } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(server.url)
  const cell = (touchpoint: string) => page.locator(`[data-touchpoint="${touchpoint}"] [data-figure="dropOff"]`)
  await cell('shop.home').filter({ hasText: 'n 60 · 1m' }).waitFor()
  expect(await cell('shop.home').getAttribute('data-believed')).toBe('true')
  await cell('shop.rare').filter({ hasText: 'n 1 · total · not yet believed' }).waitFor()
  expect(await cell('shop.rare').getAttribute('data-believed')).toBe('false')
  await context.close()
})

test('a read token is asked for, asked for again when it is wrong, and kept nowhere', async () => {
  const server = await serve({ readTokens: [{ token: 'rt_screen' }] })
  const { context } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(server.url)
  const field = page.getByLabel('read token')
  await field.fill('rt_wrong')
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByText('The server does not accept this token.').waitFor()
  await field.waitFor({ state: 'visible' })
  await field.fill('rt_screen')
  await page.getByRole('button', { name: 'Connect' }).click()
  await state(page, 'live')
  expect(await field.isHidden()).toBe(true)
  const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.href])
  expect(kept).toEqual([0, 0, '', `${server.url}/`])
  await page.reload()
  await field.waitFor({ state: 'visible' })
  await context.close()
})

test('a server that goes makes the screen connect, one that comes back makes it live again', async () => {
  const folder = dataDir()
  const server = await serve({}, folder)
  const { context } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(server.url)
  await state(page, 'live')
  await server.close()
  await state(page, 'connecting')
  await serve({ server: { port: server.port } }, folder)
  await state(page, 'live')
  await context.close()
})

test('silence makes the screen stale, and says of when the figures are', async () => {
  const server = await serve()
  await send(server.url, [{ visitor: 'v-1', kind: 'enter', touchpoint: 'shop.home' }])
  const { context } = await watchedContext(browser)
  const page = await context.newPage()
  let silent = false
  await page.clock.install()
  await page.routeWebSocket(/\/v1\/ws$/, socket => {
    const server = socket.connectToServer()
    server.onMessage(message => {
      if (!silent) socket.send(message)
    })
  })
  await page.goto(server.url)
  await state(page, 'live')
  silent = true
  await page.clock.fastForward(13_000)
  await state(page, 'stale')
  expect(await page.locator('#notice').textContent()).toContain('The figures are those of')
  silent = false
  await page.clock.fastForward(30_000)
  await state(page, 'live')
  await context.close()
})

test('the policy refuses an inline script', async () => {
  const server = await serve()
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(server.url)
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "inline"'
    document.body.append(script)
  })
  expect(await page.title()).toBe('Pulssi')
  expect(complaints.join()).toContain('refused by CSP: script-src')
  await context.close()
})

test.each(['light', 'dark'] as const)('at 360 px nothing sticks out (%s)', async colorScheme => {
  const server = await serve()
  const touchpoint = `${'long-part-of-a-name.'.repeat(3)}end`
  await send(server.url, [
    { visitor: 'v-1', kind: 'enter', touchpoint },
    { visitor: 'v-1', kind: 'feedback', touchpoint, scale: 'csat', score: 1 },
  ])
  const { context, complaints } = await watchedContext(browser, { colorScheme, viewport: { width: 360, height: 800 } })
  const page = await context.newPage()
  await page.goto(server.url)
  await page.locator(`[data-touchpoint="${touchpoint}"]`).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  expect(complaints).toEqual([])
  await context.close()
})
