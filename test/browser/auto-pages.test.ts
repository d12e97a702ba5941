import type { CoreClient } from '@pulssi/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { openAutoSite, pageWith } from './auto-site.js'
import { launch, watchedContext } from './chromium.js'
import { built, eventsOf, journeyOf } from './tag-site.js'

declare const pulse: CoreClient
declare const stop: () => void
declare const pulssiAuto: { auto(client: CoreClient): () => void }

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const PAGES = { '/': 'shop.home', '/product/*': 'shop.product', '/pay': 'checkout.payment' }

let browser: Browser
beforeAll(async () => {
  await Promise.all([built('auto.min.js'), built('pulssi.min.js')])
  browser = await launch([`--user-agent=${AGENT}`], ['--disable-back-forward-cache'])
})
afterAll(() => browser.close())

const open = async (body = '', before?: (page: Page) => Promise<unknown>) => {
  const server = await serve()
  const html = pageWith(server, { pages: PAGES }, body)
  const { url } = await openAutoSite(server, { '/': html, '/product/1': html })
  const { context } = await watchedContext(browser, { bypassCSP: true })
  const page = await context.newPage()
  await before?.(page)
  await page.goto(url)
  const visitor = await (await page.waitForFunction(() => pulse.visitor)).jsonValue()
  const events = async () =>
    (await eventsOf(server, visitor as string)).map(({ kind, touchpoint }) => `${kind} ${touchpoint}`)
  const flushed = async () => {
    await page.evaluate(() => pulse.flush())
    return events()
  }
  return { server, url, context, page, events, flushed }
}

const walk = () => {
  history.pushState({}, '', '/product/1')
  history.pushState({}, '', '/product/2')
  history.replaceState({}, '', '/product/2?size=m')
  history.pushState({}, '', '/nowhere')
  history.pushState({}, '', '/pay')
}
const WALKED = [
  'enter shop.home',
  'enter shop.product',
  'enter shop.product',
  'leave shop.product',
  'enter checkout.payment',
]

test.each(['Navigation', 'History'])(
  'the %s API: each path is entered once, and a stop leaves nothing behind',
  async api => {
    const { page, context, flushed } = await open('', async page => {
      if (api === 'History')
        await page.addInitScript(() => Object.defineProperty(window, 'navigation', { value: undefined }))
    })
    await page.evaluate(walk)
    expect(await flushed()).toEqual(WALKED)
    await page.evaluate(() => {
      pulssiAuto.auto(pulse)
      history.pushState({}, '', '/product/3')
    })
    expect((await flushed()).slice(WALKED.length)).toEqual(['enter shop.product'])
    const isNative = await page.evaluate(() => {
      stop()
      history.pushState({}, '', '/pay')
      return /native code/.test(`${history.pushState}`)
    })
    expect(isNative).toBe(true)
    expect((await flushed()).length).toBe(WALKED.length + 1)
    await context.close()
  },
)

test('sections are entered while they are seen, and the page again after', async () => {
  const section = '<section data-pulssi="shop.offers" style="margin-top: 3000px; height: 300px">offers</section>'
  const { page, context, flushed } = await open(`${section}<div style="height: 3000px"></div>`, page =>
    page.clock.install(),
  )
  const last = async () => {
    await page.clock.runFor(1_000)
    return (await flushed()).at(-1)
  }
  await page.evaluate(() => scrollTo(0, 3_000))
  await expect.poll(last, { timeout: 10_000 }).toBe('enter shop.offers')
  await page.evaluate(() => scrollTo(0, 0))
  await expect.poll(last, { timeout: 10_000 }).toBe('enter shop.home')
  expect(await flushed()).toEqual(['enter shop.home', 'enter shop.offers', 'enter shop.home'])
  await context.close()
})

test('a tab switch leaves nothing; who stays away long has left, and comes back', async () => {
  const { page, context, flushed } = await open()
  await page.clock.install()
  const hide = (hidden: boolean) =>
    page.evaluate(hidden => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, hidden)
  await hide(true)
  await page.clock.runFor(30_000)
  await hide(false)
  expect(await flushed()).toEqual(['enter shop.home'])
  await hide(true)
  await page.clock.fastForward(601_000)
  await hide(false)
  expect(await flushed()).toEqual(['enter shop.home', 'leave shop.home', 'enter shop.home'])
  await context.close()
})

test('a page that goes is left, and entered again when the back/forward cache brings it back', async () => {
  const { page, context, url, flushed, server } = await open()
  await page.goto(`${url}/other`)
  await expect.poll(async () => (await journeyOf(server)).events.accepted, { timeout: 10_000 }).toBe(2)
  await page.evaluate(() => void setTimeout(() => history.back()))
  await page.waitForURL(`${url}/`, { waitUntil: 'commit' })
  await page.waitForFunction(() => pulse.visitor)
  expect((await flushed()).at(-1)).toBe('enter shop.home')
  const { events, pulses } = await journeyOf(server)
  expect(events).toMatchObject({ accepted: 3, lost: 0, rejected: 0 })
  expect(pulses.find(({ touchpoint }) => touchpoint === 'shop.home')?.visits).toMatchObject({ entered: 1, views: 1 })
  await context.close()
})
