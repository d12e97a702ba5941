import { createHash } from 'node:crypto'
import type { CoreClient, Stats } from '@pulssi/sdk'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch, watchedContext } from './chromium.js'
import { built, eventsOf, journeyOf, openSite, originsOf } from './tag-site.js'

declare const pulse: CoreClient
/** What the files for script tags without marks leave in a window. */
declare const pulssi: { createPulse(options: object): CoreClient }

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const HELD = 100
const STUB = '<!doctype html><title>shop</title><script src="/sdk/stub.min.js"></script>'
const tag = (server: { url: string }, more = '', path = '/sdk/marks.min.js') =>
  `<script async src="${path}" data-url="${server.url}" data-key="pk_shop" ${more}></script>`

const pageErrors = (context: BrowserContext): string[] => {
  const errors: string[] = []
  context.on('weberror', told => errors.push(String(told.error())))
  return errors
}

test('a file that a blocker holds back breaks nothing, and the stub holds no more than its bound', async () => {
  const server = await serve()
  const { url } = await openSite({ files: { '/': STUB + tag(server) }, connect: originsOf(server) })
  const { context } = await watchedContext(browser)
  const errors = pageErrors(context)
  await context.route('**/marks.min.js', route => route.abort('blockedbyclient'))
  const page = await context.newPage()
  await page.goto(url)
  const held = await page.evaluate(async () => {
    const off = pulse.on('open', () => {})
    for (let n = 0; n < 500; n++) pulse.enter('shop.home')
    off()
    pulse.consent('denied')
    await pulse.flush()
    await pulse.close()
    return (pulse as never as unknown[]).length
  })
  expect(held).toBe(HELD)
  expect(errors).toEqual([])
  expect((await journeyOf(server)).events.accepted).toBe(0)
  await context.close()
})

test('a file of other bytes than those promised is not run', async () => {
  const server = await serve()
  const hashOf = async (file: string) =>
    `sha384-${createHash('sha384')
      .update(await built(file))
      .digest('base64')}`
  const [right, wrong] = [await hashOf('marks.min.js'), await hashOf('keep.min.js')]
  const promise = (hash: string) => tag(server, `integrity="${hash}" crossorigin="anonymous"`)
  const files = { '/right': `${STUB}${promise(right)}`, '/wrong': `${STUB}${promise(wrong)}` }
  const { url } = await openSite({ files, connect: originsOf(server) })
  const { context } = await watchedContext(browser)
  const errors = pageErrors(context)
  const page = await context.newPage()
  await page.goto(`${url}/wrong`)
  expect(await page.evaluate(() => Array.isArray(pulse))).toBe(true)
  await page.goto(`${url}/right`)
  expect(await page.evaluate(() => Array.isArray(pulse))).toBe(false)
  expect(errors).toEqual([])
  await context.close()
})

test('the same file twice makes one client', async () => {
  const server = await serve()
  const html = `${STUB}<body data-pulssi-touchpoint="shop.home">${tag(server, 'data-identity="page"').repeat(2)}`
  const { url } = await openSite({ files: { '/': html }, connect: originsOf(server) })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => pulse.visitor)
  await page.evaluate(() => {
    pulse.goal('shop.home')
    return pulse.flush()
  })
  const { events, pulses } = await journeyOf(server)
  expect(events).toMatchObject({ accepted: 2, duplicates: 0, lost: 0 })
  expect(pulses).toMatchObject([{ visits: { entered: 1, views: 0, completed: 1 } }])
  expect(complaints).toEqual(['pulssi window.pulse is taken, see data-global'])
  await context.close()
})

test('two clients of two keys on one page count each its own, once', async () => {
  const servers = [await serve(), await serve()] as const
  const [first, second] = servers
  const other = `<script async src="/sdk/marks.min.js" data-url="${second.url}" data-key="pk_other" data-global="other" data-marks="off"></script>`
  const html = `${STUB}<body data-pulssi-touchpoint="shop.home">${tag(first)}${other}`
  const { url } = await openSite({ files: { '/': html }, connect: servers.map(originsOf).join(' ') })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(url)
  await page.evaluate(async () => {
    const { other } = window as never as { other: CoreClient }
    other.enter('blog.home')
    await pulse.flush()
    await other.flush()
  })
  const seen = await Promise.all(servers.map(journeyOf))
  expect(seen.map(({ pulses }) => pulses.map(({ touchpoint }) => touchpoint))).toEqual([['shop.home'], ['blog.home']])
  for (const { events } of seen) expect(events).toMatchObject({ accepted: 1, duplicates: 0, lost: 0 })
  expect(complaints).toEqual([])
  await context.close()
})

test('core, keep and marks of one device on one page: each event counts once', async () => {
  const server = await serve()
  const html = `${STUB}${tag(server, 'data-identity="device"')}<script src="/sdk/pulssi.min.js"></script>`
  const { url } = await openSite({ files: { '/': html }, connect: originsOf(server) })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(url)
  const run = () =>
    page.evaluate(async address => {
      const client = pulssi.createPulse({ url: address, key: 'pk_shop', identity: 'device' })
      for (const one of [client, pulse]) {
        one.enter('shop.home')
        one.goal('shop.home')
      }
      await client.flush()
      await pulse.flush()
      return [client.visitor, pulse.visitor]
    }, server.url)
  const [core, marks] = await run()
  await page.addScriptTag({ url: '/sdk/keep.min.js' })
  const [keep] = await run()
  expect(new Set([core, marks, keep]).size).toBe(1)
  expect((await journeyOf(server)).events).toMatchObject({ accepted: 8, duplicates: 0, lost: 0, rejected: 0 })
  expect(await eventsOf(server, core as string)).toHaveLength(8)
  expect(complaints).toEqual([])
  await context.close()
})

test('what a page has of its own under the name stays, and an id is not in the way', async () => {
  const server = await serve()
  const own = `<!doctype html><script src="/own.js"></script>${tag(server)}`
  const id = `<!doctype html><b id="pulse"></b>${tag(server)}`
  const files = { '/own': own, '/own.js': 'window.pulse = { beats: 60 }', '/id': id }
  const { url } = await openSite({ files, connect: originsOf(server) })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  await page.goto(`${url}/own`)
  expect(await page.evaluate(() => pulse as unknown)).toEqual({ beats: 60 })
  expect(complaints).toEqual(['pulssi window.pulse is taken, see data-global'])
  await page.goto(`${url}/id`)
  await page.waitForFunction(() => pulse.visitor)
  await context.close()
})

const withoutStorage = async (file: 'keep' | 'marks'): Promise<void> => {
  const server = await serve()
  const html = `<!doctype html>${tag(server, 'data-identity="device"', `/sdk/${file}.min.js`)}`
  const { url } = await openSite({ files: { '/': html }, connect: originsOf(server) })
  const { context } = await watchedContext(browser)
  // As a browser does whose user allows no storage.
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError')
        },
      })
  })
  const errors = pageErrors(context)
  const page = await context.newPage()
  await page.goto(url)
  const stats = await page.evaluate(async address => {
    const isBlocked = (() => {
      try {
        return !localStorage
      } catch (error) {
        return (error as Error).name === 'SecurityError'
      }
    })()
    const client =
      'pulssi' in window
        ? pulssi.createPulse({ url: address, key: 'pk_shop', identity: 'device' })
        : (window as never as { pulse: CoreClient }).pulse
    client.enter('shop.home')
    await client.flush()
    return { isBlocked, visitor: client.visitor, stats: client.stats() as Stats }
  }, server.url)
  expect(stats).toMatchObject({
    isBlocked: true,
    visitor: expect.stringMatching(/^p\./),
    stats: { acked: 1, queued: 0 },
  })
  expect((await journeyOf(server)).events).toMatchObject({ accepted: 1 })
  expect(errors).toEqual([])
  await context.close()
}

test('keep: storage that throws makes a device a page, and all counts', () => withoutStorage('keep'))

test('marks: storage that throws makes a device a page, and all counts', () => withoutStorage('marks'))
