/**
 * Serves the wall display on an origin of its own: `node examples/dist/wallboard/server.js ws://127.0.0.1:8700`. Where
 * the aggregator has keys, this page's origin stands in the `origins` of one of them.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'

/** This module runs from `examples/dist/wallboard`; the pages are served as they lie in `examples/wallboard/pages`. */
const PAGES = new URL('../../wallboard/pages/', import.meta.url)
const FILES: ReadonlyMap<string, readonly [file: URL, type: string]> = new Map([
  ['/', [new URL('index.html', PAGES), 'text/html; charset=utf-8']],
  ['/wallboard.css', [new URL('wallboard.css', PAGES), 'text/css; charset=utf-8']],
  ['/wallboard.js', [new URL('wallboard.js', PAGES), 'text/javascript; charset=utf-8']],
  ['/live.min.js', [new URL(import.meta.resolve('@pulssi/sdk/live.min.js')), 'text/javascript; charset=utf-8']],
])
const DEFAULT_SERVER = 'ws://127.0.0.1:8700'

export interface WallDisplay {
  readonly url: string
  stop(): Promise<void>
}

/** `port` at 127.0.0.1, 0: any free one. `pulseUrl`: the aggregator's, `ws://127.0.0.1:8700`. */
export const startWallDisplay = async (port: number, pulseUrl: string): Promise<WallDisplay> => {
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${new URL(pulseUrl).origin}`
  const server = createServer(async (request, response) => {
    const found = FILES.get(request.url ?? '/')
    if (found === undefined) {
      response.writeHead(404).end()
      return
    }
    const [file, type] = found
    const text = (await readFile(file, 'utf8')).replace('SERVER', pulseUrl)
    response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(text)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const isMain = import.meta.url === pathToFileURL(process.argv[1] ?? '').href
if (isMain) {
  const { url } = await startWallDisplay(8_720, process.argv[2] ?? DEFAULT_SERVER)
  console.log(`The wall display is at ${url}/`)
}
