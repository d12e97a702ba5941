import type { Journey } from '@pulssi/protocol/client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, watchedContext } from './chromium.js'
import { startDemo } from './demo.js'

/** For how long a change is waited for; how long it took is printed. */
const CHANGE_TIMEOUT_MS = 15_000

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const sentiment = (touchpoint: string): string => `[data-touchpoint="${touchpoint}"] [data-figure="sentiment"] .meta`

/** Resolves with the wall time at which the page's figure took this text, as the page itself noted it. */
const changeTo = (page: Page, selector: string, start: string): Promise<number> =>
  page.evaluate(
    ([at, wanted]) =>
      new Promise<number>(resolve => {
        const look = () => {
          if (!document.querySelector(at as string)?.textContent?.startsWith(wanted as string)) return
          observer.disconnect()
          resolve(performance.timeOrigin + performance.now())
        }
        const observer = new MutationObserver(look)
        observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
        look()
      }),
    [selector, start],
  )

const within = <T>(ms: number, what: string, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen within ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

test('a tap in the shop moves the figure of its touchpoint on the screen', async () => {
  const demo = await startDemo({ args: ['--no-visitors'] })
  const { context, complaints } = await watchedContext(browser)
  const screen = await context.newPage()
  const shop = await context.newPage()
  await screen.goto(demo.screenUrl)
  await screen.locator('.pill[data-state="live"]').waitFor()

  const policy = (await shop.goto(`${demo.shopUrl}/product`))?.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  await screen.locator(sentiment('shop.product'), { hasText: 'no answer yet' }).waitFor()
  await shop.evaluate(() => {
    const note = () => {
      document.body.setAttribute('data-tapped-at', String(performance.timeOrigin + performance.now()))
    }
    document.addEventListener('click', note, { capture: true, once: true })
  })
  const changed = changeTo(screen, sentiment('shop.product'), 'n 1 ')
  await shop.getByRole('button', { name: 'Very good' }).click()
  const changedAt = await within(CHANGE_TIMEOUT_MS, 'the change', changed)
  const tappedAt = Number(await shop.locator('body').getAttribute('data-tapped-at'))
  console.log(`tap to figure: ${(changedAt - tappedAt).toFixed(0)} ms`)

  expect(tappedAt).toBeGreaterThan(0)
  expect(changedAt).toBeGreaterThanOrEqual(tappedAt)
  const score = screen.locator('[data-touchpoint="shop.product"] [data-figure="sentiment"] .value')
  expect(await score.textContent()).toBe('+1.00')
  expect(await shop.locator('.mood output').textContent()).toContain('Thank you')
  expect(complaints).toEqual([])
  await context.close()
})

const enteredAt = async (url: string, touchpoint: string): Promise<number> => {
  const { pulses } = (await (await fetch(`${url}/v1/journey?window=total`)).json()) as Journey
  return pulses.find(pulse => pulse.touchpoint === touchpoint)?.visits.entered ?? 0
}

test('a walk through all pages shows as one journey that reached its goal', async () => {
  const demo = await startDemo({ args: ['--no-visitors'] })
  const { context, complaints } = await watchedContext(browser)
  const shop = await context.newPage()
  // Nobody walks faster than a socket opens: each page is left once its visit has been counted.
  const counted = (touchpoint: string) =>
    expect.poll(() => enteredAt(demo.screenUrl, touchpoint), { timeout: 10_000 }).toBe(1)
  await shop.goto(`${demo.shopUrl}/`)
  await counted('shop.home')
  await shop.getByRole('link', { name: "See this week's tea" }).click()
  await counted('shop.product')
  await shop.getByRole('button', { name: 'Add to cart' }).click()
  await counted('checkout.cart')
  await shop.getByRole('link', { name: 'To payment' }).click()
  await shop.getByLabel('Card number').fill('4242')
  await shop.getByRole('button', { name: /^Pay/ }).click()
  await shop.getByRole('alert').filter({ hasText: '16 digits' }).waitFor()
  await counted('checkout.payment')
  await shop.getByLabel('Card number').fill('4242 4242 4242 4242')
  await shop.getByRole('button', { name: /^Pay/ }).click()
  await shop.getByRole('heading', { name: 'Thank you' }).waitFor()

  const screen = await context.newPage()
  await screen.goto(demo.screenUrl)
  // The windows come one after the other, each as a frame of its own: the longest may be the last.
  const shows = (touchpoint: string, figure: string, part: string, text: RegExp) =>
    screen
      .locator(`[data-touchpoint="${touchpoint}"] [data-figure="${figure}"] .${part}`, { hasText: text })
      .waitFor({ timeout: CHANGE_TIMEOUT_MS })
  for (const touchpoint of ['shop.home', 'shop.product', 'checkout.cart', 'checkout.payment', 'checkout.thanks']) {
    await shows(touchpoint, 'dropOff', 'meta', /^n 1 · total · not yet believed$/)
    await shows(touchpoint, 'dropOff', 'value', /^0(\.0)?\s?%$/)
  }
  await shows('checkout.payment', 'friction', 'value', /^100(\.0)?\s?%$/)
  expect(complaints).toEqual([])
  await context.close()
})
