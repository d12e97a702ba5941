import { createHmac } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { openScreen, rowOf, send, stateIs, visits } from './screen.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('a read token is asked for, asked for again when it is wrong, and kept nowhere', async () => {
  const server = await serve({ readTokens: [{ token: 'rt_screen' }] })
  const { context, page } = await openScreen(browser, server.url)
  const field = page.getByLabel('Read token')
  expect(await field.getAttribute('type')).toBe('password')
  await field.fill('rt_wrong')
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByText('The server does not accept this token.').waitFor()
  await field.fill('rt_screen')
  await page.keyboard.press('Enter')
  await stateIs(page, 'live')
  expect(await field.isHidden()).toBe(true)
  const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.href])
  expect(kept).toEqual([0, 0, '', `${server.url}/`])
  expect(await page.content()).not.toContain('rt_screen')
  await page.reload()
  await field.waitFor({ state: 'visible' })
  await context.close()
})

test('a token for some touchpoints shows these and no sums', async () => {
  const server = await serve({
    readTokens: [{ token: 'rt_shop', touchpoints: ['shop.*'] }],
    keys: [{ key: 'sk_test' }],
  })
  await send(server.url, [...visits('shop.home', 6), ...visits('pay.card', 6)])
  const { context, page } = await openScreen(browser, server.url)
  await page.getByLabel('Read token').fill('rt_shop')
  await page.keyboard.press('Enter')
  await page.locator(rowOf('shop.home')).waitFor()
  expect(await page.locator('tbody tr[data-touchpoint]').count()).toBe(1)
  expect(await page.locator('.line').count()).toBe(0)
  await context.close()
})

const SECRET = 'a secret of at least thirty-two bytes'
const SIGNED = { project: 'shop', jwt: [{ algorithm: 'HS256', secret: SECRET }], keys: [{ key: 'sk_test' }] }
/** How far the clocks may be apart: a token holds so much longer. */
const TOLERANCE_S = 30

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const expiringIn = (seconds: number): string => {
  const now = Date.now() / 1_000
  const claims = { project: 'shop', touchpoints: ['*'], scopes: ['pulse'], iat: now - 60 }
  const head = `${part({ alg: 'HS256' })}.${part({ ...claims, exp: now - TOLERANCE_S + seconds })}`
  return `${head}.${createHmac('sha256', SECRET).update(head).digest('base64url')}`
}

test('a token that expires is asked for again, and its figures don’t stay', async () => {
  const server = await serve(SIGNED)
  await send(server.url, visits('shop.home', 6))
  const { context, page } = await openScreen(browser, server.url)
  await page.getByLabel('Read token').fill(expiringIn(4))
  await page.keyboard.press('Enter')
  await page.locator(rowOf('shop.home')).waitFor()
  await page.getByText('The token has expired. Enter a fresh one.').waitFor({ timeout: 30_000 })
  expect(await page.locator(rowOf('shop.home')).count()).toBe(0)
  await page.getByLabel('Read token').fill(expiringIn(600))
  await page.keyboard.press('Enter')
  await page.locator(rowOf('shop.home')).waitFor()
  await context.close()
})
