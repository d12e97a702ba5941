import type { Incident } from '@pulssi/protocol/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, watchedContext } from './chromium.js'
import { startDemo } from './demo.js'

/** From the switch to the top of the screen. */
const TOP_MS = 10_000

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const incidents = async (screenUrl: string): Promise<Incident[]> => {
  const answer = await fetch(`${screenUrl}/v1/incidents?state=all`)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { incidents: Incident[] }).incidents
}

test('the failing step, switched on in the shop, is first on the screen within 10 s, and a signed hook tells why', async () => {
  const spawnedAt = performance.now()
  const demo = await startDemo({ args: ['--seed', '7'] })
  const { context, complaints } = await watchedContext(browser, { viewport: { width: 1440, height: 1000 } })
  const screen = await context.newPage()
  await screen.goto(demo.screenUrl)
  const payment = screen.locator('[data-touchpoint="checkout.payment"]')
  await screen.locator('.pill[data-state="live"]').waitFor()
  await payment.locator('[data-figure="dropOff"][data-believed="true"]').waitFor()
  console.log(`spawn to live screen: ${((performance.now() - spawnedAt) / 1000).toFixed(1)} s`)
  // Calm: the list has a worst one, but no trouble; and a crowd waits for the bank.
  await expect
    .poll(() => payment.locator('[data-figure="active"] .value').textContent().then(Number))
    .toBeGreaterThan(5)
  expect(await screen.locator('[data-troubled="true"]').count()).toBe(0)
  expect(await payment.getAttribute('data-index')).not.toBe('0')
  expect(await incidents(demo.screenUrl)).toEqual([])

  const shop = await context.newPage()
  await shop.goto(demo.shopUrl)
  await shop.getByRole('switch', { name: 'Payment fails' }).click()
  const switchedAt = performance.now()
  await screen.bringToFront()
  await screen.locator('[data-touchpoint="checkout.payment"][data-index="0"]').waitFor({ timeout: TOP_MS })
  console.log(`switch to the top: ${((performance.now() - switchedAt) / 1000).toFixed(1)} s`)
  await screen.locator('[data-incident="firing"]').filter({ hasText: 'payment breaks' }).waitFor({ timeout: TOP_MS })
  expect(await demo.line(/Hook .*payment breaks/)).toContain('checkout.payment')
  console.log(`switch to the hook: ${((performance.now() - switchedAt) / 1000).toFixed(1)} s`)
  const [incident] = await incidents(demo.screenUrl)
  expect(incident).toMatchObject({
    rule: 'payment breaks',
    touchpoint: 'checkout.payment',
    state: 'firing',
    window: '1m',
  })
  expect(incident?.story.before).toBe('checkout.cart')
  expect(complaints).toEqual([])
  expect(await demo.end()).toBe(0)
  await context.close()
})
