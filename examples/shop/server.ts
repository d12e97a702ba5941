import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ShopOptions {
  /** Port at 127.0.0.1; 0: any free one. */
  port: number
  /** The aggregator's socket, `ws://127.0.0.1:8700/v1/ws`. */
  pulseUrl: string
}

export interface Shop {
  readonly url: string
  stop(): Promise<void>
}

const PAGE_KEY = 'pk_demo_shop'
/** This module runs from `examples/dist/shop`; the pages are served as they lie in `examples/shop/pages`. */
const PAGES = new URL('../../shop/pages/', import.meta.url)
const HTML = 'text/html; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'

/** All that this server gives out: a path that is not named here does not exist. */
const FILES: ReadonlyMap<string, { readonly file: URL; readonly type: string }> = new Map([
  ['/', { file: new URL('home.html', PAGES), type: HTML }],
  ['/product', { file: new URL('product.html', PAGES), type: HTML }],
  ['/cart', { file: new URL('cart.html', PAGES), type: HTML }],
  ['/payment', { file: new URL('payment.html', PAGES), type: HTML }],
  ['/thanks', { file: new URL('thanks.html', PAGES), type: HTML }],
  ['/help', { file: new URL('help.html', PAGES), type: HTML }],
  ['/shop.css', { file: new URL('shop.css', PAGES), type: 'text/css; charset=utf-8' }],
  ['/shop.js', { file: new URL('shop.js', PAGES), type: SCRIPT }],
  ['/icon.svg', { file: new URL('icon.svg', PAGES), type: 'image/svg+xml' }],
  ['/pulssi.min.js', { file: new URL(import.meta.resolve('@pulssi/sdk/pulssi.min.js')), type: SCRIPT }],
])

/** Serves the shop on an origin of its own, as a customer's site would stand beside its aggregator. */
export async function startShop({ port, pulseUrl }: ShopOptions): Promise<Shop> {
  const settings = `globalThis.shopSettings = ${JSON.stringify({ url: pulseUrl, key: PAGE_KEY })}\n`
  const headers = securityHeaders(pulseUrl)
  const server = createServer((request, response) => {
    answer(request, response, headers, settings).catch(() => {
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
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function securityHeaders(pulseUrl: string): Record<string, string> {
  const { host } = new URL(pulseUrl)
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src ws://${host} http://${host}`,
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-cache',
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  headers: Record<string, string>,
  settings: string,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { ...headers, allow: 'GET, HEAD' }).end()
    return
  }
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const found = FILES.get(path)
  if (path !== '/settings.js' && found === undefined) {
    response.writeHead(404, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end('No such page\n')
    return
  }
  const body = found === undefined ? settings : await readFile(found.file)
  response.writeHead(200, { ...headers, 'content-type': found?.type ?? SCRIPT })
  response.end(request.method === 'HEAD' ? undefined : body)
}
