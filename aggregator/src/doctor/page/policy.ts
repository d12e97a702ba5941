/** Content Security Policy Level 3, as far as scripts and connections go. */
import { createHash } from 'node:crypto'

/** One policy: its directives by name, in lower case. */
export interface Policy {
  readonly directives: ReadonlyMap<string, readonly string[]>
  /** Where it stands, as a user is told. */
  readonly where: string
  readonly isReportOnly: boolean
}

/** What a script element brings that a policy may allow it by. */
export interface ScriptSigns {
  readonly nonce: string | undefined
  readonly integrity: string | undefined
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'ws:': '80', 'https:': '443', 'wss:': '443' }
/** What a scheme in a policy stands for beside itself. */
const UPGRADES: Readonly<Record<string, readonly string[]>> = {
  'http:': ['https:'],
  'ws:': ['wss:', 'http:', 'https:'],
  'wss:': ['https:'],
}
const NETWORK: ReadonlySet<string> = new Set(Object.keys(DEFAULT_PORTS))
const HOST_SOURCE = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[a-z0-9._-]+|\[[0-9a-f:]+\])(?::(\d+|\*))?(\/.*)?$/i
const HASH = /^'(sha(?:256|384|512))-([A-Za-z0-9+/=_-]+)'$/

/** The policies of one header or one meta element. */
export const policiesOf = (text: string, where: string, isReportOnly = false): Policy[] =>
  text.split(',').flatMap(each => {
    const directives = new Map<string, readonly string[]>()
    for (const directive of each.split(';')) {
      const [name = '', ...values] = directive.trim().split(/\s+/)
      if (name !== '' && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), values)
    }
    return directives.size === 0 ? [] : [{ directives, where, isReportOnly }]
  })

const schemeFits = (given: string, scheme: string): boolean =>
  given === scheme || (UPGRADES[given]?.includes(scheme) ?? false)

const portOf = (url: URL): string => (url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? '') : url.port)

const isSelf = (url: URL, page: URL): boolean => {
  if (url.origin === page.origin) return true
  const isDefault = (each: URL): boolean => portOf(each) === DEFAULT_PORTS[each.protocol]
  if (url.hostname !== page.hostname) return false
  if (portOf(url) !== portOf(page) && !(isDefault(url) && isDefault(page))) return false
  return url.protocol === 'https:' || url.protocol === 'wss:' || (page.protocol === 'http:' && url.protocol === 'ws:')
}

const hostFits = (given: string, host: string): boolean =>
  given === '*' || (given.startsWith('*.') ? host.endsWith(given.slice(1)) : given === host)

const portFits = (given: string | undefined, url: URL): boolean => {
  const port = portOf(url)
  if (given === undefined) return port === DEFAULT_PORTS[url.protocol]
  return given === '*' || given === port || (given === '80' && port === '443')
}

const pathFits = (given: string | undefined, path: string): boolean =>
  given === undefined || given === '/' || (given.endsWith('/') ? path.startsWith(given) : path === given)

const sourceFits = (source: string, url: URL, page: URL): boolean => {
  if (source === "'self'") return isSelf(url, page)
  if (source === '*') return NETWORK.has(url.protocol)
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return schemeFits(source.toLowerCase(), url.protocol)
  const [, scheme, host = '', port, path] = HOST_SOURCE.exec(source) ?? []
  if (host === '') return false
  const given = scheme === undefined ? page.protocol : `${scheme.toLowerCase()}:`
  if (!schemeFits(given, url.protocol)) return false
  return hostFits(host.toLowerCase(), url.hostname) && portFits(port, url) && pathFits(path, url.pathname)
}

const sourcesOf = ({ directives }: Policy, names: readonly string[]): readonly string[] | null => {
  const name = names.find(each => directives.has(each))
  return name === undefined ? null : (directives.get(name) ?? [])
}

const SCRIPT = ['script-src-elem', 'script-src', 'default-src'] as const
const CONNECT = ['connect-src', 'default-src'] as const

export const allowsConnection = (policy: Policy, url: URL, page: URL): boolean =>
  sourcesOf(policy, CONNECT)?.some(source => sourceFits(source, url, page)) ?? true

const hasNonce = (sources: readonly string[], nonce: string | undefined): boolean =>
  nonce !== undefined && nonce !== '' && sources.includes(`'nonce-${nonce}'`)

/** All hashes of the element stand in the policy. */
const hasHashes = (sources: readonly string[], integrity: string | undefined): boolean => {
  const hashes = (integrity ?? '').split(/\s+/).filter(hash => hash !== '')
  return hashes.length > 0 && hashes.every(hash => sources.includes(`'${hash}'`))
}

/** Whether the script file at `url` may run. */
export const allowsScript = (policy: Policy, url: URL, page: URL, { nonce, integrity }: ScriptSigns): boolean => {
  const sources = sourcesOf(policy, SCRIPT)
  if (sources === null || hasNonce(sources, nonce) || hasHashes(sources, integrity)) return true
  return !sources.includes("'strict-dynamic'") && sources.some(source => sourceFits(source, url, page))
}

/** Whether the script in the document itself may run. */
export const allowsInline = (policy: Policy, text: string, nonce: string | undefined): boolean => {
  const sources = sourcesOf(policy, SCRIPT)
  if (sources === null || hasNonce(sources, nonce)) return true
  const hashes = sources.flatMap(source => {
    const [, algorithm = '', hash = ''] = HASH.exec(source) ?? []
    return algorithm === '' ? [] : [{ algorithm, hash }]
  })
  const digest = (algorithm: string): string => createHash(algorithm).update(text).digest('base64')
  if (hashes.some(({ algorithm, hash }) => digest(algorithm) === hash.replaceAll('-', '+').replaceAll('_', '/')))
    return true
  const isOverruled = hashes.length > 0 || sources.some(source => /^'(nonce-|strict-dynamic')/.test(source))
  return sources.includes("'unsafe-inline'") && !isOverruled
}

/** What a sandbox takes away; null: nothing that matters here. */
export const sandboxed = ({ directives }: Policy): 'scripts' | 'origin' | null => {
  const flags = directives.get('sandbox')
  if (flags === undefined) return null
  if (!flags.includes('allow-scripts')) return 'scripts'
  return flags.includes('allow-same-origin') ? null : 'origin'
}
