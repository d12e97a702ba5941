import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Journey } from '@pulssi/protocol/client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, watchedContext } from './chromium.js'
import { startDemo } from './demo.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PAGES = ['', 'product', 'product?tea=pine', 'cart?tea=mint&tins=3', 'payment', 'thanks?tea=sencha&tins=6', 'help']
const WIDTHS = [320, 360, 768, 1440, 2560]

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

const faults = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run())
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`)
}

test.each(['light', 'dark'] as const)('every page fits every width, and axe finds nothing (%s)', async colorScheme => {
  const { shopUrl } = await startDemo({ args: ['--no-visitors'] })
  const { context, complaints } = await watchedContext(browser, { colorScheme })
  const page = await context.newPage()
  for (const path of PAGES) {
    await page.goto(`${shopUrl}/${path}`)
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${path} at ${width}`).toBe(width)
    }
    expect(await faults(page), path).toEqual([])
  }
  expect(complaints).toEqual([])
  await context.close()
})

const signalsOf = async (url: string): Promise<Record<string, number>> => {
  const { pulses } = (await (await fetch(`${url}/v1/journey?window=total`)).json()) as Journey
  return pulses.find(({ touchpoint }) => touchpoint === 'checkout.payment')?.friction.signals ?? {}
}

const asksOf = async (url: string): Promise<object> => {
  const { pulses } = (await (await fetch(`${url}/v1/journey?window=total`)).json()) as Journey
  return pulses.find(({ touchpoint }) => touchpoint === 'checkout.payment')?.asks ?? {}
}

test('the switch, reached by the keyboard alone, makes payment fail for you too, and work again', async () => {
  const demo = await startDemo({ args: ['--no-visitors'] })
  const { context } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(`${demo.shopUrl}/payment?tea=oolong&tins=2`)
  const failing = page.getByRole('switch', { name: 'Payment fails' })
  const pay = page.getByRole('button', { name: 'Pay € 44.00' })
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.getByText('Nobody can pay').waitFor()
  expect(await failing.getAttribute('aria-checked')).toBe('true')

  for (let tries = 1; tries <= 3; tries++) {
    await pay.click()
    await page.getByRole('alert').filter({ hasText: 'bank does not answer' }).waitFor()
  }
  // The first error made the server ask; a tap answers, and where the page goes at once, it is not lost.
  await page.getByRole('radio', { name: 'It says there is an error' }).click()
  await expect.poll(() => signalsOf(demo.screenUrl), { timeout: 10_000 }).toEqual({ error: 3, rage: 1 })
  await expect
    .poll(() => asksOf(demo.screenUrl), { timeout: 15_000 })
    .toMatchObject({ shown: 1, dismissed: 0, answered: 1, expired: 0 })

  const other = await context.newPage()
  await other.goto(demo.shopUrl)
  await other.getByText('Nobody can pay').waitFor()
  await other.getByRole('switch', { name: 'Payment fails' }).click()
  await other.getByText('All is well').waitFor()
  await pay.click()
  await page.getByRole('heading', { name: 'Thank you' }).waitFor()
  expect(await page.locator('main').textContent()).toContain('2 tins of Amber oolong')
  await context.close()
})

test('a shop whose aggregator is away, or whose script is blocked, sells all the same', async () => {
  const demo = await startDemo({ args: ['--no-visitors'] })
  const { context } = await watchedContext(browser)
  await context.route('**/marks.min.js', route => route.abort())
  const page = await context.newPage()
  await page.goto(`${demo.shopUrl}/payment`)
  await page.getByRole('button', { name: 'Very good' }).click()
  await page.getByText('Thank you, that helps.').waitFor()
  await page.getByRole('button', { name: /^Pay/ }).click()
  await page.getByRole('heading', { name: 'Thank you' }).waitFor()
  await context.close()
})
