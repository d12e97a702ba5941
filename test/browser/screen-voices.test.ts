/** Comments on an opened touchpoint: they come while it is open, and are answered there. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { axeFindings, send } from './screen.js'
import { openTouchpoint, section } from './touchpoint-server.js'
import { PAYMENT } from './touchpoint-world.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const said = (visitor: string, comment: string): object => ({
  ...{ visitor, kind: 'feedback', touchpoint: PAYMENT },
  ...{ scale: 'csat', score: 1, comment },
})

test('W74: a comment shows as it comes, and is answered by keyboard alone, once', async () => {
  const server = await serve()
  await send(
    server.url,
    ['a', 'b', 'c', 'd', 'e'].map(who => said(who, `from ${who}`)),
  )
  const { context, page, complaints } = await openTouchpoint(browser, server.url, PAYMENT)
  const voices = section(page, 'voices')
  await voices.getByText('from e').waitFor()
  await send(server.url, [said('f', 'while you look')])
  const item = voices.locator('li', { hasText: 'while you look' })
  await item.waitFor()
  await item.getByRole('button', { name: 'Answer' }).focus()
  await page.keyboard.press('Enter')
  const field = item.getByRole('textbox', { name: 'Answer to this comment' })
  await field.waitFor()
  await page.keyboard.type('We are on it')
  await page.keyboard.press('Escape')
  await item.getByRole('button', { name: 'Answer' }).waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.type('We have mended it')
  expect(await axeFindings(page)).toEqual([])
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await item.getByText('Answered: it is shown').waitFor()
  expect(await item.getByRole('button', { name: 'Answer' }).count()).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
})
