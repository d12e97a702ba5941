import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TEAS } from './catalogue.js'
import { answerControls } from './controls.js'
import { orderOf, pageRenderer, queryOf } from './pages.js'
import { openTill, type Till } from './till.js'
import { drawTin } from './tin.js'

export interface ShopOptions {
  /** Port at 127.0.0.1; 0: any free one. */
  port: number
  /** The aggregator's address, `http://127.0.0.1:8700`. */
  pulseUrl: string
  /** The folder with the shop's pages. */
  pages: URL
}

export interface Shop {
  readonly url: string
  /** Where its customers pay; the switch in its pages lets it fail. */
  readonly till: Till
  stop(): Promise<void>
}

type Headers = Readonly<Record<string, string>>

const PAGE_KEY = 'pk_demo_shop'
const HTML = 'text/html; charset=utf-8'
const TEXT = 'text/plain; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'
const CSS = 'text/css; charset=utf-8'
const SVG = 'image/svg+xml'

/** Files that are given out as they are; beside them there are the pages and the tins, and nothing else. */
const filesIn = (pages: URL): ReadonlyMap<string, { readonly file: URL; readonly type: string }> =>
  new Map([
    ['/shop.css', { file: new URL('shop.css', pages), type: CSS }],
    ['/parts.css', { file: new URL('parts.css', pages), type: CSS }],
    ['/shop.js', { file: new URL('shop.js', pages), type: SCRIPT }],
    ['/controls.js', { file: new URL('controls.js', pages), type: SCRIPT }],
    ['/art/cup.svg', { file: new URL('art/cup.svg', pages), type: SVG }],
    ['/art/table.svg', { file: new URL('art/table.svg', pages), type: SVG }],
    ['/marks.min.js', { file: new URL(import.meta.resolve('@pulssi/sdk/marks.min.js')), type: SCRIPT }],
    ['/auto.min.js', { file: new URL(import.meta.resolve('@pulssi/sdk/auto.min.js')), type: SCRIPT }],
    ['/widget.min.js', { file: new URL(import.meta.resolve('@pulssi/sdk/widget.min.js')), type: SCRIPT }],
  ])

/**
 * Serves the shop on an origin of its own, as a customer's site would stand beside its aggregator. Rejects with what
 * `listen` says where the port is taken.
 */
export async function startShop({ port, pulseUrl, pages }: ShopOptions): Promise<Shop> {
  const till = openTill()
  const headers = securityHeaders(pulseUrl)
  const answer = answers({ pulseUrl, pages, till })
  const server = createServer((request, response) => {
    answer(request, response, headers).catch(() => {
      if (!response.headersSent) response.writeHead(500, headers)
      response.end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${bound}`,
    till,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function securityHeaders(pulseUrl: string): Headers {
  const { host } = new URL(pulseUrl)
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' ws://${host} http://${host}`,
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-cache',
  }
}

function answers({ pulseUrl, pages, till }: { pulseUrl: string; pages: URL; till: Till }) {
  const files = filesIn(pages)
  const render = pageRenderer(pages)

  const bodyOf = async (
    path: string,
    query: URLSearchParams,
  ): Promise<[type: string, body: string | Buffer] | null> => {
    const found = files.get(path)
    if (found !== undefined) return [found.type, await readFile(found.file)]
    const tea = TEAS.get(/^\/art\/([a-z]+)\.svg$/.exec(path)?.[1] ?? '')
    if (tea !== undefined) return [SVG, drawTin(tea)]
    const page = await render(path, orderOf(query), { server: pulseUrl, key: PAGE_KEY })
    return page === null ? null : [HTML, page]
  }
  return async (request: IncomingMessage, response: ServerResponse, headers: Headers): Promise<void> => {
    const [pathname = '/', text = ''] = (request.url ?? '/').split('?', 2)
    const query = new URLSearchParams(text)
    if (pathname === '/demo/payment') return await answerControls(request, response, headers, till)
    if (pathname === '/pay' && request.method === 'POST') {
      request.resume()
      return pay(response, headers, till, `/thanks?${queryOf(orderOf(query))}`)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...headers, allow: 'GET, HEAD', connection: 'close' }).end()
      return
    }
    const found = await bodyOf(pathname, query)
    if (found === null) {
      response.writeHead(404, { ...headers, 'content-type': TEXT }).end('No such page\n')
      return
    }
    response.writeHead(200, { ...headers, 'content-type': found[0] })
    response.end(request.method === 'HEAD' ? undefined : found[1])
  }
}

function pay(response: ServerResponse, headers: Headers, till: Till, next: string): void {
  if (till.payment() === 'working') response.writeHead(303, { ...headers, location: next }).end()
  else response.writeHead(502, { ...headers, 'content-type': TEXT }).end('Your bank does not answer.\n')
}
