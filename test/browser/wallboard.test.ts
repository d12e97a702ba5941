import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startWallDisplay } from '../../examples/dist/wallboard/server.js'
import { serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { openScreen, send, visits } from './screen.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('the example of a wall display shows figures from an origin of its own', async () => {
  const server = await serve()
  const display = await startWallDisplay(0, server.url.replace(/^http/, 'ws'))
  onTestFinished(() => display.stop())
  const { context, page, complaints } = await openScreen(browser, display.url)
  await page.getByRole('status').filter({ hasText: 'live' }).waitFor()
  await send(server.url, visits('shop.home', 40))
  const line = page.locator('li', { hasText: 'shop.home' })
  await line.filter({ hasText: 'n 40 · 5m' }).waitFor()
  expect(await line.getAttribute('data-believed')).toBe('true')
  expect(complaints.filter(text => !text.includes('favicon'))).toEqual([])
  await context.close()
})
