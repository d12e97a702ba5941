import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataDir, serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { openScreen, rowOf, send, stateIs, visits } from './screen.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('without data the screen says what to do, with this server’s address, and shows the first touchpoint', async () => {
  const server = await serve()
  const { context, page, complaints } = await openScreen(browser, server.url)
  const heading = page.getByRole('heading', { name: 'No data yet' })
  await heading.waitFor()
  expect(await page.locator('pre').first().textContent()).toContain(`${server.url}/sdk/pulssi.min.js`)
  expect(await page.locator('#status').textContent()).toBe('live, no data yet')
  await send(server.url, [{ visitor: 'v-1', kind: 'enter', touchpoint: 'shop.home' }])
  await page.locator(rowOf('shop.home')).waitFor()
  expect(await heading.isHidden()).toBe(true)
  expect(await page.locator(`${rowOf('shop.home')} [data-figure="active"] .value`).textContent()).toBe('1')
  expect(complaints).toEqual([])
  await context.close()
})

test('figures that are not yet believed are marked, and believed ones stand in their shortest window', async () => {
  const server = await serve()
  await send(server.url, [...visits('shop.home', 60), { visitor: 'w', kind: 'goal', touchpoint: 'shop.rare' }])
  const { context, page } = await openScreen(browser, server.url)
  const cell = (touchpoint: string) => page.locator(`${rowOf(touchpoint)} [data-figure="dropOff"]`)
  await cell('shop.home').filter({ hasText: 'n 60 · 1m' }).waitFor()
  expect(await cell('shop.home').getAttribute('data-believed')).toBe('true')
  await cell('shop.rare').filter({ hasText: 'n 1 · total · not yet believed' }).waitFor()
  expect(await cell('shop.rare').getAttribute('data-believed')).toBe('false')
  const silent = page.locator(`${rowOf('shop.rare')} [data-figure="sentiment"]`)
  expect(await silent.textContent()).toContain('no answer yet')
  await context.close()
})

test('stages stand in the order of the project, the one with the lowest pulse is marked', async () => {
  const touchpoints = { 'shop.*': { stage: 'meet' }, 'pay.*': { stage: 'buy' }, 'app.*': { stage: 'after' } }
  const server = await serve({ journey: { stages: ['meet', 'buy', 'after'], touchpoints } })
  const trouble = Array.from({ length: 30 }, (_, index) => [
    { visitor: `p-${index}`, kind: 'enter', touchpoint: 'pay.card' },
    { visitor: `p-${index}`, kind: 'signal', touchpoint: 'pay.card', name: 'error' },
    { visitor: `p-${index}`, kind: 'goal', touchpoint: 'pay.card' },
  ]).flat()
  await send(server.url, [...visits('shop.home', 30), ...trouble])
  const { context, page } = await openScreen(browser, server.url)
  await page.locator('[data-stage="buy"][data-critical="true"]').waitFor()
  const stages = await page.locator('.stages h3').allTextContents()
  expect(stages.map(text => text.trim())).toEqual(['meet', 'buy critical', 'after'])
  expect(await page.locator('[data-critical="true"]').count()).toBe(1)
  expect(await page.locator('tbody tr[data-touchpoint]').first().getAttribute('data-touchpoint')).toBe('pay.card')
  await context.close()
})

test('a server that goes makes the screen connect, with the figures of before, and one that comes back live', async () => {
  const folder = dataDir()
  const server = await serve({}, folder)
  await send(server.url, [{ visitor: 'v-1', kind: 'enter', touchpoint: 'shop.home' }])
  const { context, page } = await openScreen(browser, server.url)
  await page.locator(rowOf('shop.home')).waitFor()
  await server.close()
  await stateIs(page, 'connecting')
  const notice = page.locator('#notice')
  await notice.filter({ hasText: 'was lost' }).filter({ hasText: 'The figures are those of' }).waitFor()
  expect(await page.locator(rowOf('shop.home')).isVisible()).toBe(true)
  await serve({ server: { port: server.port } }, folder)
  await stateIs(page, 'live')
  await notice.waitFor({ state: 'detached' })
  await context.close()
})

test('what the server has lost is gone from the screen', async () => {
  const server = await serve()
  await send(server.url, [{ visitor: 'v-1', kind: 'enter', touchpoint: 'shop.home' }])
  const { context, page } = await openScreen(browser, server.url)
  await page.locator(rowOf('shop.home')).waitFor()
  await server.close()
  await serve({ server: { port: server.port } })
  await page.getByRole('heading', { name: 'No data yet' }).waitFor({ timeout: 30_000 })
  await context.close()
})

test('silence makes the screen stale, and says of when the figures are', async () => {
  const server = await serve()
  await send(server.url, [{ visitor: 'v-1', kind: 'enter', touchpoint: 'shop.home' }])
  const { context, page } = await openScreen(browser, 'about:blank')
  let silent = false
  await page.clock.install()
  await page.routeWebSocket(/\/v1\/ws$/, socket => {
    const server = socket.connectToServer()
    server.onMessage(message => {
      if (!silent) socket.send(message)
    })
  })
  await page.goto(server.url)
  await stateIs(page, 'live')
  await page.clock.fastForward(500)
  await page.locator(rowOf('shop.home')).waitFor()
  silent = true
  await page.clock.fastForward(13_000)
  await stateIs(page, 'stale')
  expect(await page.locator('#notice').textContent()).toContain('The figures are those of')
  silent = false
  await page.clock.fastForward(30_000)
  await stateIs(page, 'live')
  await context.close()
})

test('on a machine whose clock is an hour off all times are the server’s', async () => {
  const server = await serve()
  await send(server.url, visits('shop.home', 10))
  const { context, page } = await openScreen(browser, 'about:blank', { timezoneId: 'UTC' })
  await page.clock.install({ time: Date.now() + 3_600_000 })
  await page.goto(server.url)
  await page.clock.fastForward(500)
  await page.locator(rowOf('shop.home')).waitFor()
  await page.goto(`${server.url}/#/wallboard`)
  const clock = await page.locator('.wall-clock').textContent()
  const serverHour = new Date().toISOString().slice(11, 13)
  expect(clock?.slice(0, 2)).toBe(serverHour)
  expect(await page.locator('#notice').count()).toBe(0)
  await context.close()
})

test('the policy refuses an inline script and inline styles', async () => {
  const server = await serve()
  const answer = await fetch(server.url)
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  const { context, page, complaints } = await openScreen(browser, server.url)
  await stateIs(page, 'live')
  expect(complaints).toEqual([])
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "inline"'
    const style = document.createElement('style')
    style.textContent = 'body { display: none }'
    document.body.append(script, style)
  })
  expect(await page.title()).not.toBe('inline')
  expect(await page.locator('body').isVisible()).toBe(true)
  expect(complaints.join()).toContain('refused by CSP: script-src')
  expect(complaints.join()).toContain('refused by CSP: style-src')
  await context.close()
})

test('script and style sheet travel compressed where that is taken, and are the same', async () => {
  const { url } = await serve()
  for (const path of ['/screen.js', '/screen.css']) {
    const take = (encoding: string) => fetch(url + path, { headers: { 'accept-encoding': encoding } })
    const packed = await take('gzip, br;q=0.9')
    const plain = await take('gzip, br;q=0')
    expect(packed.headers.get('content-encoding')).toBe('br')
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(Number(plain.headers.get('content-length')) / 2)
    expect(await packed.text()).toBe(await plain.text())
  }
})
