import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { axeFindings, openScreen, rowOf, send, visits } from './screen.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const RULE = { name: 'payment <b>hurts</b>', touchpoint: 'pay.card', figure: 'sentiment', below: -0.2, window: '1m' }

const angry = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({
    visitor: `a-${index}`,
    kind: 'feedback',
    touchpoint: 'pay.card',
    scale: 'thumb',
    score: 0,
  }))

test('an incident leads the list and the title, is told once, and is shown as text', async () => {
  const server = await serve({ rules: [RULE] })
  await send(server.url, [...visits('shop.home', 20), ...visits('pay.card', 20)])
  const { context, page, complaints } = await openScreen(browser, server.url)
  await page.locator(rowOf('shop.home')).waitFor()
  const incidents = page.locator('.incidents')
  await incidents.getByText('None is open.').waitFor()
  await send(server.url, angry(12))
  await incidents.locator('[data-incident="firing"]').filter({ hasText: RULE.name }).waitFor()
  const rows = page.locator('tbody tr[data-touchpoint]')
  await expect.poll(() => rows.first().getAttribute('data-touchpoint')).toBe('pay.card')
  expect(await rows.first().getAttribute('data-troubled')).toBe('true')
  await expect.poll(() => page.title()).toMatch(/^\(1\) /)
  await page
    .getByRole('status')
    .filter({ hasText: `Incident ${RULE.name} at pay.card: firing.` })
    .waitFor()
  expect(await axeFindings(page)).toEqual([])
  await incidents.getByRole('link', { name: 'pay.card' }).click()
  await page.locator('html[data-page="touchpoint"]').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('a token without the scope sees no incidents, and asks for none', async () => {
  const server = await serve({
    rules: [RULE],
    readTokens: [{ token: 'rt_screen', scopes: ['pulse'] }],
    keys: [{ key: 'sk_test' }],
  })
  await send(server.url, [...visits('pay.card', 20), ...angry(12)])
  const { context, page } = await openScreen(browser, server.url)
  const asked: string[] = []
  page.on('request', request => asked.push(new URL(request.url()).pathname))
  await page.getByLabel('Read token').fill('rt_screen')
  await page.keyboard.press('Enter')
  await page.locator(rowOf('pay.card')).waitFor()
  expect(await page.locator('.incidents').count()).toBe(0)
  expect(asked).not.toContain('/v1/incidents')
  await context.close()
})
