import type { CoreClient } from '@pulssi/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch, watchedContext } from './chromium.js'
import { eventsOf, journeyOf, openSite, originsOf } from './tag-site.js'

declare const pulse: CoreClient

let browser: Browser
beforeAll(async () => {
  browser = await launch([], ['--disable-back-forward-cache'])
})
afterAll(() => browser.close())

const PATIENCE = { timeout: 20_000 }

const visitorOf = async (page: Page): Promise<string> =>
  (await page.waitForFunction(() => pulse.visitor)).jsonValue() as Promise<string>

const tag = (server: { url: string }, more = '', path = '/sdk/marks.min.js') =>
  `<script async src="${path}" data-url="${server.url}" data-key="pk_shop" ${more}></script>`

test('a tag alone makes the client', async () => {
  const server = await serve()
  const { url } = await openSite({ files: { '/': `<!doctype html>${tag(server)}` }, connect: originsOf(server) })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => 'pulse' in window)
  await page.evaluate(async () => {
    pulse.enter('shop.home')
    await pulse.flush()
  })
  expect((await journeyOf(server)).pulses).toMatchObject([{ touchpoint: 'shop.home', visits: { entered: 1 } }])
  expect(complaints).toEqual([])
  await context.close()
})

test('without an address the server is where the file came from', async () => {
  const server = await serve()
  const html = `<!doctype html><script async src="${server.url}/sdk/marks.min.js" data-key="pk_shop"></script>`
  const { url } = await openSite({ files: { '/': html }, connect: originsOf(server) })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(url)
  expect(await visitorOf(page)).toMatch(/^d\./)
  expect(complaints).toEqual([])
  await context.close()
})

const CALLS = `
  pulse.enter('shop.home')
  const off = pulse.on('open', () => { document.title += ' opened' })
  pulse.on('open', () => { document.title += ' taken back' })()
  pulse.feedback('shop.home', { scale: 'smiley', score: 4 })
  pulse.signal('shop.home', 'slow')
  pulse.link({ customer: 'c-1', touchpoint: 'shop.home' })
  const { goal } = pulse
  pulse.send({ kind: 'goal', touchpoint: 'shop.home', value: 5 }).then(sent => { document.title += ' ' + sent })
  window.calledAt = Date.now()
  pulse.flush().then(() => { goal('shop.home'); document.title += ' flushed' })
`

test('what is called before the file comes counts, with its own times', async () => {
  const server = await serve()
  const html = `<!doctype html><script src="/sdk/stub.min.js"></script><script src="/calls.js"></script>${tag(server, '', '/late/marks.min.js')}`
  const site = await openSite({ files: { '/': html, '/calls.js': CALLS }, connect: originsOf(server) })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(site.url, { waitUntil: 'commit' })
  const calledAt = await (
    await page.waitForFunction(() => (window as never as { calledAt?: number }).calledAt)
  ).jsonValue()
  // The file comes when the clock has moved on.
  await page.waitForFunction(at => Date.now() > (at as number) + 300, calledAt)
  site.release()
  await page.waitForFunction(() => document.title.includes('flushed'))
  expect((await page.title()).trim().split(' ').sort()).toEqual(['flushed', 'opened', 'queued'])
  await page.evaluate(() => pulse.flush())
  const events = await eventsOf(server, await visitorOf(page))
  expect(events.map(({ kind }) => kind)).toEqual(['enter', 'feedback', 'signal', 'link', 'goal', 'goal'])
  const [early, late] = [events.slice(0, -1), events.slice(-1)]
  for (const { at } of early) expect(Math.abs(at - (calledAt as number))).toBeLessThan(200)
  for (const { at } of late) expect(at).toBeGreaterThan((calledAt as number) + 250)
  expect(complaints).toEqual([])
  await context.close()
})

const MARKED = `<!doctype html><title>shop</title>
<body data-pulssi-touchpoint="checkout.payment">
  <button id="good" data-pulssi-feedback="smiley:4"><b>Good</b></button>
  <button id="happy" data-pulssi-feedback="emotion:happy">Happy</button>
  <button id="buy" data-pulssi-goal="49.9">Buy</button>
  <button id="done" data-pulssi-goal>Done</button>
  <section data-pulssi-touchpoint="checkout.help"><button id="stuck" data-pulssi-signal="form">I am stuck</button></section>
  <a id="away" href="/elsewhere">away</a>
`

test('marks: entered, answered, reached, left, and entered again from the back/forward cache', async () => {
  const server = await serve()
  const html = tag(server, 'data-identity="page" data-cuts="variant=B"') + MARKED
  const { url } = await openSite({ files: { '/': html }, connect: originsOf(server) })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(url)
  const visitor = await visitorOf(page)
  // Nothing that the page does with its own clicks is in the way.
  await page.evaluate(() => document.body.addEventListener('click', event => event.stopPropagation(), true))
  await page.locator('#good b').click()
  await page.locator('#happy').dblclick()
  await page.locator('#buy').focus()
  await page.keyboard.press('Enter')
  await page.locator('#done').click()
  await page.locator('#stuck').click()
  await page.evaluate(() => pulse.flush())
  await page.locator('#away').click()
  await page.waitForURL(`${url}/elsewhere`)
  await expect.poll(async () => (await eventsOf(server, visitor)).length, PATIENCE).toBe(7)
  const seen = (await eventsOf(server, visitor)).map(({ kind, touchpoint, scale, score, value, name, cuts }) =>
    JSON.parse(JSON.stringify({ kind, touchpoint, scale, score, value, name, cuts })),
  )
  const payment = { touchpoint: 'checkout.payment', cuts: { variant: 'B' } }
  expect(seen).toEqual([
    { ...payment, kind: 'enter' },
    { ...payment, kind: 'feedback', scale: 'smiley', score: 4 },
    { ...payment, kind: 'feedback', scale: 'emotion', score: 'happy' },
    { ...payment, kind: 'goal', value: 49.9 },
    { ...payment, kind: 'goal' },
    { ...payment, kind: 'signal', touchpoint: 'checkout.help', name: 'form' },
    { ...payment, kind: 'leave' },
  ])
  // The driver's own way back waits for a load that never comes.
  await page.evaluate(() => setTimeout(() => history.back()))
  const entered = async () =>
    (await journeyOf(server)).pulses.find(pulse => pulse.touchpoint === 'checkout.payment')?.visits.entered
  // Each goal has ended a visit, so that what comes after it begins another.
  await expect.poll(entered, PATIENCE).toBe(3)
  expect((await journeyOf(server)).events).toMatchObject({ accepted: 8, lost: 0, rejected: 0 })
  expect(complaints).toEqual([])
  await context.close()
})

test('bad marks are told where that is asked for, and break nothing', async () => {
  const server = await serve()
  const buttons = ['smiley', 'smiley:', 'smiley:x', 'stars:4', ':4', '']
    .map(mark => `<button data-pulssi-feedback="${mark}">x</button>`)
    .join('')
  const html = `<!doctype html>${tag(server, 'data-debug')}<body data-pulssi-touchpoint="Check Out">${buttons}
    <button data-pulssi-goal="much">x</button><button data-pulssi-signal="No Such">x</button>
    <i data-pulssi-touchpoint="shop.home"><button data-pulssi-feedback="csat:5">x</button></i>`
  const { url } = await openSite({ files: { '/': html }, connect: originsOf(server) })
  const { context, complaints } = await watchedContext(browser)
  const told: string[] = []
  context.on('console', message => told.push(message.text()))
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => pulse?.visitor)
  for (const button of await page.locator('button').all()) await button.click()
  await page.evaluate(() => pulse.flush())
  const errors = told.filter(text => text.startsWith('pulssi error'))
  expect(errors.length).toBe(9)
  for (const part of ['enter: not a good touchpoint', 'feedback: not a good', 'goal: not a good', 'signal: not a good'])
    expect(
      errors.some(text => text.includes(part)),
      part,
    ).toBe(true)
  const { events, pulses } = await journeyOf(server)
  expect(events).toMatchObject({ accepted: 1, rejected: 0, lost: 0 })
  expect(pulses).toMatchObject([{ touchpoint: 'shop.home', sentiment: { n: 1 } }])
  expect(complaints).toEqual([])
  await context.close()
})

test('a page that is made ahead is entered when it is seen', async () => {
  const server = await serve()
  const { url } = await openSite({ files: { '/': tag(server) + MARKED }, connect: originsOf(server) })
  const { context } = await watchedContext(browser)
  const page = await context.newPage()
  await page.addInitScript(() => {
    Object.defineProperty(document, 'prerendering', { configurable: true, value: true })
  })
  await page.goto(url)
  await page.waitForFunction(() => pulse?.visitor)
  expect(await page.evaluate(() => pulse.stats())).toMatchObject({ queued: 0, acked: 0 })
  await page.evaluate(() => {
    Object.defineProperty(document, 'prerendering', { value: false })
    document.dispatchEvent(new Event('prerenderingchange'))
    return pulse.flush()
  })
  expect(await page.evaluate(() => pulse.stats())).toMatchObject({ acked: 1 })
  await context.close()
})
