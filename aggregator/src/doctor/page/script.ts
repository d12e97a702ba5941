import { createHash } from 'node:crypto'
import { type Finding, fail, ok, reasonOf, sizeText, warn } from '../finding.js'
import { type Fetched, fetchBounded } from './fetching.js'
import type { Tag } from './markup.js'

const CHECK = 'script'
const JAVASCRIPT = /^(text|application)\/(x-)?(java|ecma)script\b/i
/** Strongest first: browsers look at the strongest alone. */
const ALGORITHMS = ['sha512', 'sha384', 'sha256'] as const
const OK = 200

const isForeign = (script: URL, page: URL): boolean => script.origin !== page.origin

/** What `integrity` asks for and the bytes are; null: it fits, or asks for nothing. */
const wrongHash = (integrity: string, bytes: Uint8Array): string | null => {
  const asked = integrity.split(/\s+/).map(text => text.split('?')[0] ?? '')
  for (const algorithm of ALGORITHMS) {
    const hashes = asked.filter(text => text.startsWith(`${algorithm}-`))
    if (hashes.length === 0) continue
    const found = `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`
    return hashes.includes(found) ? null : found
  }
  return null
}

const integrityFindings = ({ attributes }: Tag, { url, bytes }: Fetched, page: URL): Finding[] => {
  const integrity = attributes.get('integrity')
  if (integrity === undefined || integrity.trim() === '') return []
  if (isForeign(url, page) && !attributes.has('crossorigin')) {
    const message = 'the script has integrity but no crossorigin, so browsers refuse it'
    return [fail('integrity', message, 'add crossorigin="anonymous" to the script element')]
  }
  const found = wrongHash(integrity, bytes)
  if (found === null) return [ok('integrity', 'the hash fits the file')]
  return [
    fail(
      'integrity',
      `${url.href} is not the file that the hash was made of`,
      `integrity="${found}", if the file is right`,
    ),
  ]
}

const sharingFindings = ({ attributes }: Tag, { url, headers }: Fetched, page: URL, isIsolated: boolean): Finding[] => {
  if (!isForeign(url, page)) return []
  const allowed = headers.get('access-control-allow-origin')
  if (attributes.has('crossorigin')) {
    if (allowed === '*' || allowed === page.origin) return [ok('cors', 'pages of this origin may load the script')]
    const todo = 'let its server send Access-Control-Allow-Origin: *, or take crossorigin away (and integrity with it)'
    return [fail('cors', `${url.origin} doesn't allow ${page.origin} to load the script with crossorigin`, todo)]
  }
  const policy = headers.get('cross-origin-resource-policy')?.toLowerCase()
  if (policy === 'same-origin' || (isIsolated && policy !== 'cross-origin')) {
    const message = `Cross-Origin-Resource-Policy of the script (${policy ?? 'none'}) keeps it from pages of ${page.origin}`
    return [fail('cors', message, 'let its server send Cross-Origin-Resource-Policy: cross-origin')]
  }
  return []
}

const typeFinding = ({ url, headers, bytes }: Fetched): Finding => {
  const type = headers.get('content-type') ?? ''
  if (JAVASCRIPT.test(type)) return ok(CHECK, `${url.href}, ${sizeText(bytes.length)}`)
  const todo = 'check src, and let its server send Content-Type: text/javascript'
  const message = `${url.href} comes as "${type === '' ? 'nothing' : type}", not as JavaScript`
  const isRefused = headers.get('x-content-type-options')?.toLowerCase() === 'nosniff'
  return isRefused || /html/.test(type) ? fail(CHECK, message, todo) : warn(CHECK, message, todo)
}

/** `isIsolated`: the page says Cross-Origin-Embedder-Policy: require-corp. */
export const checkScript = async (tag: Tag, script: URL, page: URL, isIsolated: boolean): Promise<Finding[]> => {
  let file: Fetched
  try {
    file = await fetchBounded(script, { origin: page.origin })
  } catch (error) {
    const todo = 'check src, and that its server can be reached from where visitors are'
    return [fail(CHECK, `${script.href} can't be had: ${reasonOf(error)}`, todo)]
  }
  if (file.status !== OK) {
    return [fail(CHECK, `${script.href} answers with ${file.status}`, 'check src of the script element')]
  }
  return [typeFinding(file), ...sharingFindings(tag, file, page, isIsolated), ...integrityFindings(tag, file, page)]
}
