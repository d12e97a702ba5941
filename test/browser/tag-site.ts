/** A site of few pages, with files for script tags built from the sources as they are. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { RunningServer } from '@pulssi/aggregator'
import type { Journey, JsonEvent } from '@pulssi/protocol/client'
import { type RollupOptions, rollup } from 'rollup'
import { onTestFinished } from 'vitest'

const CONFIG = new URL('../../sdk/build.mjs', import.meta.url)

/** The bytes that the build writes under this name. */
const build = async (file: string): Promise<string> => {
  const { sdk } = (await import(CONFIG.href)) as { sdk: (RollupOptions & { output: { file?: string } })[] }
  const options = sdk.find(({ output }) => output.file === `sdk/dist/${file}`)
  if (options === undefined) throw new Error(`nothing writes ${file}`)
  const bundle = await rollup(options)
  const { output } = await bundle.generate(options.output)
  await bundle.close()
  return output[0].code
}
const builds = new Map<string, Promise<string>>()
export const built = (file: string): Promise<string> => {
  const found = builds.get(file) ?? build(file)
  builds.set(file, found)
  return found
}

export interface Site {
  readonly url: string
  /** `/late/…` is answered from now on. */
  release(): void
}

export interface SiteOptions {
  /** By path: HTML, or JavaScript where the path ends so. */
  readonly files: Readonly<Record<string, string>>
  /** Where pages may connect to. */
  readonly connect: string
  /** Answers what it likes before all else; true: it has. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean
  readonly upgrade?: (request: IncomingMessage, socket: Duplex) => void
}

/**
 * Serves `files`, and at `/sdk/…` and `/late/…` the SDK's, under the strictest policy that lets them work. What is not
 * there is an empty page.
 */
export const openSite = async ({ files, connect, before = () => false, upgrade }: SiteOptions): Promise<Site> => {
  let release = () => {}
  const released = new Promise<void>(done => {
    release = done
  })
  const policy = `default-src 'none'; script-src 'self' ${connect}; connect-src 'self' ${connect}`
  const server = createServer(async (request, response) => {
    if (before(request, response)) return
    const path = request.url ?? ''
    const [, late, name] = /^\/(sdk|late)\/(.+)$/.exec(path) ?? []
    if (late === 'late') await released
    const text = name === undefined ? files[path] : await built(name)
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
    response.writeHead(200, { 'content-type': type, 'content-security-policy': policy })
    response.end(text ?? '<!doctype html><title>elsewhere</title>')
  })
  if (upgrade) server.on('upgrade', upgrade)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, release }
}

/** For a policy: the server over HTTP and as a socket. */
export const originsOf = ({ url }: RunningServer): string => `${url} ${url.replace('http', 'ws')}`

export const journeyOf = async ({ url }: RunningServer): Promise<Journey> =>
  (await (await fetch(`${url}/v1/journey?window=total`)).json()) as Journey

/** What the server has of a visitor, in its order, repeats included. */
export const eventsOf = async ({ url }: RunningServer, visitor: string): Promise<JsonEvent[]> => {
  const { events } = (await (await fetch(`${url}/v1/subjects/${visitor}`)).json()) as { events: JsonEvent[] }
  return events
}
