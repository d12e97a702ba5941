import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Journey } from '@pulssi/protocol/client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { serve } from '../e2e/harness.js'
import { launch, watchedContext } from './chromium.js'

const CLOSES = 100
const LANES = 4
const CLOSES_TIMEOUT_MS = 240_000
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const here = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')

let browser: Browser
beforeAll(async () => {
  // The driver's own way to name another agent leaves beacons out.
  browser = await launch([`--user-agent=${AGENT}`], ['--disable-back-forward-cache'])
})
afterAll(() => browser.close())

/** A site under the strictest policy that lets the SDK work, and the aggregator that it speaks to. */
const site = async (sdk: 'pulssi' | 'keep' = 'pulssi') => {
  const aggregator = await serve({ server: { limits: { addressConnections: 10_000 } } }).catch(() => serve())
  const http = aggregator.url.replace(/\/$/, '')
  const policy = `default-src 'none'; script-src 'self'; connect-src 'self' ${http} ${http.replace('http', 'ws')}`
  const heard = new Map<string, (value: unknown) => void>()
  const reported = (name: string) => new Promise<unknown>(resolve => heard.set(name, resolve))
  const files: Record<string, string> = {
    '/sdk.js': here(`../../sdk/dist/${sdk}.min.js`),
    '/page.js': here('./leaving-page.js'),
  }
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    const file = files[path]
    if (path.startsWith('/report/')) {
      let body = ''
      for await (const chunk of request) body += chunk
      heard.get(path.slice('/report/'.length))?.(JSON.parse(body))
      response.end()
    } else if (file !== undefined) response.setHeader('content-type', 'text/javascript').end(file)
    else
      response
        .setHeader('content-type', 'text/html')
        .setHeader('content-security-policy', policy)
        .end(
          path === '/favicon.ico' || path === '/gone'
            ? '<!doctype html><title>gone</title>'
            : `<!doctype html><script src="/sdk.js"></script><script src="/page.js" data-server="${http}"></script>`,
        )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const journey = async () => (await (await fetch(`${http}/v1/journey?window=total`)).json()) as Journey
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, journey, reported }
}

test(
  `${CLOSES} pages that close lose nothing that the browser agreed to send, under a strict policy`,
  async () => {
    const { url, journey } = await site()
    const { context, complaints } = await watchedContext(browser)
    const leave = async (n: number) => {
      const page = await context.newPage()
      if (n % 2 === 0) {
        await page.goto(`${url}/leave#now`, { waitUntil: 'commit' }).catch(() => {})
        await page.waitForURL(`${url}/gone`)
        await page.close()
      } else {
        await page.goto(`${url}/leave`)
        await page.waitForFunction(() => document.title === 'called')
        const closed = page.waitForEvent('close')
        await page.close({ runBeforeUnload: true })
        await closed
      }
    }
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (let n = lane; n < CLOSES; n += LANES) await leave(n + Math.floor(n / LANES))
    })
    await Promise.all(lanes)
    const page = await context.newPage()
    await page.goto(`${url}/gone`)
    const notes = Object.entries(await page.evaluate(() => ({ ...localStorage }) as Record<string, string>))
    const sum = (name: string) =>
      notes.filter(([place]) => place.startsWith(name)).reduce((total, [, count]) => total + Number(count), 0)
    const called = sum('called')
    await expect.poll(async () => (await journey()).events.accepted, { timeout: 20_000 }).toBe(called)
    const { events } = await journey()
    console.log(
      `${CLOSES} closes: ${called} events called, ${sum('agreed')} in beacons agreed to (repeats included), ` +
        `${sum('declined')} declined; the server:`,
      events,
    )
    expect(called).toBe(CLOSES * 3.5)
    expect(sum('agreed')).toBeGreaterThanOrEqual(CLOSES * 2)
    expect(events).toMatchObject({ lost: 0, rejected: 0, tooLate: 0 })
    expect(complaints).toEqual([])
    await context.close()
  },
  CLOSES_TIMEOUT_MS,
)

test.each(['pulssi', 'keep'] as const)('%s: the back/forward cache keeps the page, and all counts once', async sdk => {
  const { url, journey, reported } = await site(sdk)
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  const report = reported('kept')
  await page.goto(`${url}/kept`)
  const { opened, stats, visitor } = (await report) as { opened: number; stats: { queued: number }; visitor: string }
  expect(opened).toBe(2)
  expect(stats.queued).toBe(0)
  expect(visitor).toMatch(/^v\./)
  const { events, pulses } = await journey()
  console.log(`${sdk}, after the way back:`, events)
  expect(events).toMatchObject({ accepted: 3, lost: 0, rejected: 0 })
  const entered = (touchpoint: string) => pulses.find(pulse => pulse.touchpoint === touchpoint)?.visits.entered
  expect([entered('shop.first'), entered('shop.again')]).toEqual([1, 1])
  expect(complaints).toEqual([])
  await context.close()
})

test.each(['pulssi', 'keep'] as const)('%s: while consent is pending, no request and no storage', async sdk => {
  const { url, journey } = await site(sdk)
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  const requests: string[] = []
  context.on('request', request => requests.push(request.url()))
  page.on('websocket', socket => requests.push(socket.url()))
  await page.goto(`${url}/pending`)
  expect(JSON.parse(await page.title())).toMatchObject({ queued: 100, lost: { overflow: 50 } })
  const kept = () =>
    page.evaluate(async () => [
      localStorage.length,
      sessionStorage.length,
      document.cookie,
      (await indexedDB.databases()).length,
    ])
  expect(await kept()).toEqual([0, 0, '', 0])
  await page.goto(`${url}/gone`)
  expect(await kept()).toEqual([0, 0, '', 0])
  expect(await context.cookies()).toEqual([])
  const ours = requests.filter(request => !request.startsWith(url))
  console.log(`${sdk}: ${ours.length} requests, 0 stored while pending`)
  expect(ours).toEqual([])
  expect((await journey()).events.accepted).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
})
