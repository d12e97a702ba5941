/** A shop's page with the built widget, under a strict policy, before a real server. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, startServer } from '@pulssi/aggregator'
import type { Journey } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { built } from './tag-site.js'

export interface WidgetSite {
  readonly url: string
  journey(): Promise<Journey>
  close(): Promise<void>
}

/** What a page may do to everything on it. */
const HOSTILE = `* { all: unset !important }
html { font-size: 60px }
main, pulssi-ask { z-index: 2147483647 !important; opacity: 1 !important; font-size: 80px !important; color: red !important }`

/**
 * `say(name, frame)` stands for the server: what it asks comes through the client, what is answered goes to the server.
 */
const SCRIPT = (url: string) => `
const pulse = pulssi.createPulse({ url: '${url}', key: 'pk_shop', identity: 'page' })
const listeners = {}
const asked = [], answers = []
const client = {
  asked: (...told) => { asked.push(told); pulse.asked(...told) },
  feedback: (...told) => { answers.push(told); pulse.feedback(...told) },
  on: (name, listener) => { listeners[name] = listener; return () => delete listeners[name] },
}
const say = (name, frame) => listeners[name](frame)
const attached = pulssiWidget.attach(client)
`

const page = (query: URLSearchParams): string => {
  const [lang, dir] = [query.get('lang') ?? 'en', query.get('dir') ?? 'ltr']
  const style = query.has('hostile') ? '<link rel="stylesheet" href="/hostile.css">' : ''
  return `<!doctype html><html lang="${lang}" dir="${dir}"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>shop</title>${style}
<main><h1>Shop</h1><label>Name <input id="name"></label> ${query.get('body') ?? ''}</main>
<script src="/sdk/pulssi.min.js"></script><script src="/sdk/widget.min.js"></script><script src="/page.js"></script>
${query.has('twice') ? '<script src="/sdk/widget.min.js"></script>' : ''}`
}

export const openWidgetSite = async (): Promise<WidgetSite> => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-widget-'))
  const config = parseConfig({ server: { port: 0, dataDir: folder } })
  const running = await startServer({ config, logger: pino({ level: 'silent' }) })
  const connect = `${running.url} ${running.url.replace('http', 'ws')}`
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${connect}; require-trusted-types-for 'script'`
  const site = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://shop')
    const name = /^\/sdk\/(.+)$/.exec(pathname)?.[1]
    const type = pathname.endsWith('.js') ? 'text/javascript' : pathname.endsWith('.css') ? 'text/css' : 'text/html'
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': policy })
    if (name) response.end(await built(name))
    else if (pathname === '/page.js') response.end(SCRIPT(running.url))
    else response.end(pathname === '/hostile.css' ? HOSTILE : page(searchParams))
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  return {
    url: `http://127.0.0.1:${(site.address() as AddressInfo).port}`,
    journey: async () => (await (await fetch(`${running.url}/v1/journey?window=total`)).json()) as Journey,
    close: async () => {
      site.close()
      site.closeAllConnections()
      await running.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
