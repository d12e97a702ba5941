import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
}

const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const

/** The SDK's files belong in pages of any origin. */
const PUBLIC = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' } as const

const SCREEN = fileURLToPath(new URL('../../../dist/screen/', import.meta.url))
const PAGES: Readonly<Record<string, string>> = { 'index.html': '/', 'asks.html': '/asks' }
const SDK_PATH = '/sdk/'
const SDK_FILES = ['pulssi.min.js', 'keep.min.js', 'marks.min.js', 'live.min.js', 'widget.min.js', 'auto.min.js']

interface File {
  readonly type: string
  readonly bytes: Buffer
  /** The same by brotli; null: the build made none. */
  readonly packed: Buffer | null
}

/** The build puts it beside the file. */
const PACKED = '.br'

const takesPacked = (encodings: string): boolean =>
  encodings.split(',').some(each => {
    const [name, quality] = each.split(';').map(part => part.trim())
    return name === 'br' && !/^q=0(?:\.0*)?$/.test(quality ?? '')
  })

/** The screen and the SDK's bundles. Only what was there at the start is served, whatever a path says. */
export class Files {
  readonly #files = new Map<string, File>()

  constructor() {
    for (const entry of this.#screenFiles()) {
      this.#add(`/${entry}`, join(SCREEN, entry))
      const page = PAGES[entry]
      if (page !== undefined) this.#add(page, join(SCREEN, entry))
    }
    const require = createRequire(import.meta.url)
    for (const name of SDK_FILES) {
      try {
        this.#add(SDK_PATH + name, require.resolve(`@pulssi/sdk/${name}`))
      } catch {
        // The bundles are built after the sources: without them everything else still works.
      }
    }
  }

  has(path: string): boolean {
    return this.#files.has(path)
  }

  isPublic(path: string): boolean {
    return path.startsWith(SDK_PATH) && this.#files.has(path)
  }

  /** `encodings`: the request's Accept-Encoding. */
  answer(path: string, response: ServerResponse, encodings = ''): void {
    const file = this.#files.get(path)
    if (file === undefined) throw new Error(`there is no file at ${path}`)
    const open = this.isPublic(path) ? PUBLIC : {}
    const packed = takesPacked(encodings) ? file.packed : null
    const bytes = packed ?? file.bytes
    const form = { 'content-type': file.type, 'content-length': bytes.length, vary: 'origin, accept-encoding' }
    response.writeHead(200, {
      ...HEADERS,
      ...open,
      ...form,
      ...(packed === null ? {} : { 'content-encoding': 'br' }),
    })
    response.end(bytes)
  }

  #screenFiles(): string[] {
    try {
      return readdirSync(SCREEN, { withFileTypes: true }).flatMap(entry => (entry.isFile() ? [entry.name] : []))
    } catch {
      return []
    }
  }

  #add(path: string, file: string): void {
    const type = TYPES[extname(file)]
    if (type === undefined) return
    const packed = existsSync(file + PACKED) ? readFileSync(file + PACKED) : null
    this.#files.set(path, { type, bytes: readFileSync(file), packed })
  }
}
