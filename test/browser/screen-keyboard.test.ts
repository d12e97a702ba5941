import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch } from './chromium.js'
import { openScreen, rowOf, send, visits } from './screen.js'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const NAMES = ['shop.a', 'shop.b', 'shop.c']

const world = async () => {
  const server = await serve({ journey: { touchpoints: { 'shop.*': { stage: 'attract' } } } })
  await send(
    server.url,
    NAMES.flatMap(name => visits(name, 8)),
  )
  const opened = await openScreen(browser, server.url)
  for (const name of NAMES) await opened.page.locator(rowOf(name)).waitFor()
  return { server, ...opened }
}

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document
    return activeElement === document.body ? '' : (activeElement?.textContent ?? '')
  })

test('Tab alone reaches everything that can be used, once, and what has the focus shows it', async () => {
  const { context, page } = await world()
  const wanted = await page
    .locator('a[href]:visible, button:visible, select:visible, input:visible')
    .evaluateAll(nodes => nodes.filter(node => (node as HTMLElement).tabIndex >= 0).length)
  const reached = new Set<string>()
  for (let turn = 0; turn < wanted; turn++) {
    await page.keyboard.press('Tab')
    const [path, outline] = await page.evaluate(() => {
      const node = document.activeElement as HTMLElement
      const all = [...document.querySelectorAll('*')]
      return [String(all.indexOf(node)), getComputedStyle(node).outlineStyle]
    })
    expect(outline).not.toBe('none')
    reached.add(path ?? '')
  }
  expect(reached.size).toBe(wanted)
  await context.close()
})

test('the skip link leads past the head', async () => {
  const { context, page } = await world()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Skip to the touchpoints')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('touchpoints')
  await context.close()
})

test('arrow keys move through the rows, Enter opens one, Esc leads back to it', async () => {
  const { context, page } = await world()
  await page.locator(`${rowOf('shop.a')} a`).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  expect(await focused(page)).toBe('shop.b')
  await page.keyboard.press('End')
  expect(await focused(page)).toBe('shop.c')
  await page.keyboard.press('Home')
  expect(await focused(page)).toBe('shop.a')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.locator('html[data-page="touchpoint"]').waitFor()
  expect(await page.evaluate(() => location.hash)).toBe('#/touchpoint/shop.b')
  await page.keyboard.press('Escape')
  await page.locator(rowOf('shop.b')).waitFor()
  await expect.poll(() => focused(page)).toBe('shop.b')
  await context.close()
})

const orderOf = (page: Page): Promise<(string | null)[]> =>
  page.locator('tbody tr[data-touchpoint]').evaluateAll(rows => rows.map(row => row.getAttribute('data-touchpoint')))

const trouble = (touchpoint: string): object[] =>
  Array.from({ length: 12 }, (_, index) => [
    { visitor: `t-${index}`, kind: 'enter', touchpoint },
    { visitor: `t-${index}`, kind: 'signal', touchpoint, name: 'error' },
    { visitor: `t-${index}`, kind: 'goal', touchpoint },
  ]).flat()

test.each(['pointer', 'focus'] as const)('no row moves away from under the %s; figures go on', async by => {
  const { context, page, server } = await world()
  await expect.poll(() => orderOf(page)).toEqual(NAMES)
  const link = page.locator(`${rowOf('shop.a')} a`)
  if (by === 'pointer') await link.hover()
  else await link.focus()
  await page.locator('.held', { hasText: 'Order held' }).waitFor()
  await send(server.url, trouble('shop.c'))
  await page.locator(`${rowOf('shop.c')} [data-figure="friction"]`, { hasText: 'n 20' }).waitFor()
  expect(await orderOf(page)).toEqual(NAMES)
  if (by === 'pointer') await page.mouse.move(5, 5)
  else await page.getByLabel('Filter').focus()
  await expect.poll(() => orderOf(page)).toEqual(['shop.c', 'shop.a', 'shop.b'])
  await context.close()
})
