import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RunningServer } from '@pulssi/aggregator'
import type { CoreClient } from '@pulssi/sdk'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearer, http, serve } from '../e2e/harness.js'
import { launch, watchedContext } from './chromium.js'
import { openSite } from './tag-site.js'

declare const pulse: CoreClient

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const TOKEN = 'rt_test'

let browser: Browser
beforeAll(async () => {
  // The driver's own way to name another agent leaves beacons out.
  browser = await launch([`--user-agent=${AGENT}`])
})
afterAll(() => browser.close())

/** Hands `/pulse/…` of a site on to `/v1/…` of a server, as it comes. */
const proxyTo = (server: () => RunningServer) => {
  const passed: string[] = []
  const pass = (request: IncomingMessage) => {
    const path = (request.url ?? '').replace('/pulse/', '/v1/')
    passed.push(path)
    const { hostname, port } = new URL(server().url)
    const { method, headers } = request
    return forward({ hostname, port, path, method, headers, agent: false })
  }
  const before = (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!request.url?.startsWith('/pulse/')) return false
    const passedOn = pass(request)
    passedOn.on('response', answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(passedOn)
    return true
  }
  const upgrade = (request: IncomingMessage, socket: Duplex): void => {
    const passedOn = pass(request)
    passedOn.on('upgrade', ({ rawHeaders }, far) => {
      const lines = rawHeaders.map((text, n) => (n % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('')
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`)
      for (const [from, to] of [
        [far, socket],
        [socket, far],
      ] as const)
        from.on('error', () => to.destroy()).pipe(to)
    })
    passedOn.end()
  }
  return { passed, before, upgrade }
}

test('behind a path of the page’s own site: the socket there, the beacon beside it, no other address', async () => {
  let server: RunningServer | undefined
  const { passed, before, upgrade } = proxyTo(() => server as RunningServer)
  const html = `<!doctype html><body data-pulssi-touchpoint="shop.home">
    <script async src="/sdk/marks.min.js" data-url="/pulse/ws" data-key="pk_shop"></script>`
  const site = await openSite({ files: { '/': html }, connect: '', before, upgrade })
  server = await serve({ keys: [{ key: 'pk_shop', origins: [site.url] }], readTokens: [{ token: TOKEN }] })
  const { context, complaints } = await watchedContext(browser)
  const page = await context.newPage()
  const sockets: string[] = []
  page.on('websocket', socket => sockets.push(socket.url()))
  await page.goto(site.url)
  await page.waitForFunction(() => (window as { pulse?: CoreClient }).pulse?.visitor)
  await page.evaluate(() => pulse.flush())
  await page.goto(`${site.url}/elsewhere`)
  const counts = async () => {
    const { body } = await http(server as RunningServer, '/v1/journey?window=total', { headers: bearer(TOKEN) })
    return body.events.accepted
  }
  await expect.poll(counts, { timeout: 20_000 }).toBe(2)
  expect(sockets).toEqual([`${site.url.replace('http', 'ws')}/pulse/ws`])
  expect(passed).toEqual(['/v1/ws', '/v1/events'])
  expect(complaints).toEqual([])
  await context.close()
})
