import { TOUCHPOINT } from '@pulssi/protocol'
import { type Finding, fail, ok, reasonOf, sizeText, warn } from '../finding.js'
import { type Fetched, fetchBounded } from './fetching.js'
import { checkPolicies, policiesFor } from './rules.js'
import { checkScript } from './script.js'
import { beaconOf, checkServer, isLoopback, socketOf } from './server.js'
import { type Snippet, snippetOf, type Wiring } from './snippet.js'

/** A page to look at. `server` and `key` replace what the page says, for pages whose bundle holds the SDK. */
export interface PagePatient {
  readonly page: URL
  readonly server: string | undefined
  readonly key: string | undefined
}

/** Names that are shown where many are wrong. */
const SHOWN_NAMES = 5
const OK = 200
const KEY = /^pk_[A-Za-z0-9_-]+$/

const pageFindings = ({ url, status, bytes, by, headers }: Fetched): Finding[] => {
  const findings = by.map(from => ok('page', `${from} redirects`))
  if (by.some(from => from.startsWith('https:')) && url.protocol === 'http:') {
    findings.push(warn('page', `it redirects to ${url.href}, without TLS`, 'redirect to https only'))
  }
  if (status !== OK) return [...findings, fail('page', `${url.href} answers with ${status}`, 'check --page')]
  const type = headers.get('content-type') ?? ''
  if (!/html/i.test(type))
    return [...findings, fail('page', `${url.href} comes as "${type}", not as HTML`, 'check --page')]
  return [...findings, ok('page', `${url.href}, ${sizeText(bytes.length)}`)]
}

const tagFindings = ({ files, early, wirings }: Snippet, isGiven: boolean): Finding[] => {
  const findings: Finding[] = []
  if (files.length === 0) {
    const message = 'no script element of the page loads the SDK; what scripts add later is not seen'
    const todo =
      'add <script async src="…" data-url="…" data-key="pk_…">; where a bundle holds it, give --url and --key'
    findings.push(isGiven || wirings.length > 0 ? ok('tag', message) : fail('tag', message, todo))
  }
  const wired = files.filter(({ tag }) => wirings.some(wiring => wiring.tag === tag))
  if (wired.length > 1) {
    findings.push(
      warn('tag', `${wired.length} script elements start the SDK: every event goes out so often`, 'leave one'),
    )
  }
  if (early !== null) {
    const todo = 'put the stub before it, which holds the calls, or move it behind the script element'
    findings.push(warn('order', 'a script of the page calls the SDK before its file has come', todo))
  }
  return findings
}

const nameFindings = (names: readonly string[]): Finding[] => {
  if (names.length === 0) return []
  const wrong = names.filter(name => !TOUCHPOINT.test(name))
  if (wrong.length === 0) return [ok('names', `touchpoints named here: ${names.join(', ')}`)]
  const shown = wrong.slice(0, SHOWN_NAMES).map(name => JSON.stringify(name))
  const todo = 'lower case letters, digits, _ and -, joined by dots, 64 characters at most, such as checkout.payment'
  return [fail('names', `no touchpoints: ${shown.join(', ')}${wrong.length > SHOWN_NAMES ? ' …' : ''}`, todo)]
}

export const keyFinding = (key: string | null): Finding => {
  if (key === null) return fail('key', 'the page names no key', 'add data-key="pk_…"; pulssi keys new --page makes one')
  if (KEY.test(key)) return ok('key', 'the key is one for pages')
  if (/^(sk|rt|ps)_/.test(key)) {
    const message = 'the page shows a secret to everybody: only keys that begin with pk_ are for pages'
    return fail(
      'key',
      message,
      'revoke it now (pulssi keys revoke, pulssi token revoke), and make one with keys new --page',
    )
  }
  return fail('key', 'what the page names is no key: one for pages begins with pk_', 'pulssi keys new --page')
}

/** What is wrong with the address itself, before anybody is asked there. */
export const addressFindings = (socket: URL, page: URL): Finding[] => {
  if (isLoopback(socket) && !isLoopback(page)) {
    const message = `${socket.host} is each visitor's own machine`
    return [fail('address', message, 'name the address under which visitors reach the server')]
  }
  if (page.protocol === 'https:' && socket.protocol === 'ws:' && !isLoopback(socket)) {
    const message = `a page of https may not connect to ${socket.href}, which has no TLS`
    return [fail('address', message, 'give the server TLS (server.tls, or a proxy) and write wss://')]
  }
  return []
}

const wiringOf = ({ server, key }: PagePatient, { wirings }: Snippet): Wiring => {
  const found = wirings[0]
  return { url: server ?? found?.url ?? null, key: key ?? found?.key ?? null, tag: found?.tag ?? null }
}

/** Where the SDK connects to: without an address of its own to the server of its file. Null: not known. */
const socketIn = ({ url, tag }: Wiring, { files, base }: Snippet): URL | null => {
  const file = files.find(each => each.tag === tag)
  const named = url ?? (file === undefined ? null : new URL('/', file.url).href)
  return named !== null && URL.canParse(named, base.href) ? socketOf(new URL(named, base)) : null
}

/** Everything that may keep a page's events from their server. Changes nothing, and sends no event. */
export const diagnosePage = async (patient: PagePatient): Promise<Finding[]> => {
  let fetched: Fetched
  try {
    fetched = await fetchBounded(patient.page, { accept: 'text/html' })
  } catch (error) {
    return [fail('page', `${patient.page.href} can't be had: ${reasonOf(error)}`, 'check --page')]
  }
  const findings = pageFindings(fetched)
  if (findings.some(({ level }) => level === 'fail')) return findings
  const { url: page, headers, bytes } = fetched
  const { tags, snippet } = snippetOf(new TextDecoder().decode(bytes), page)
  const wiring = wiringOf(patient, snippet)
  const socket = socketIn(wiring, snippet)
  findings.push(...tagFindings(snippet, patient.server !== undefined), ...nameFindings(snippet.touchpoints))
  const isIsolated = headers.get('cross-origin-embedder-policy')?.startsWith('require-corp') === true
  for (const { tag, url } of snippet.files) {
    if (page.protocol === 'https:' && url.protocol === 'http:' && !isLoopback(url)) {
      findings.push(fail('script', `a page of https may not load ${url.href}`, 'write https:// in src'))
    } else findings.push(...(await checkScript(tag, url, page, isIsolated)))
  }
  const isFound = snippet.files.length + snippet.wirings.length > 0 || patient.server !== undefined
  if (!isFound) return findings
  const addresses = socket === null ? null : { socket, beacon: beaconOf(socket) }
  findings.push(...checkPolicies(policiesFor(headers, tags), snippet, page, addresses), keyFinding(wiring.key))
  if (socket === null) {
    const todo = 'add data-url="wss://…"; where a bundle holds it, give --url and --key'
    return [...findings, fail('address', 'the page names no address of a server', todo)]
  }
  const key = wiring.key !== null && KEY.test(wiring.key) ? wiring.key : null
  return [...findings, ...addressFindings(socket, page), ...(await checkServer(socket, key, page.origin))]
}
