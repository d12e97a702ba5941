import { statSync } from 'node:fs'
import { type Config, ConfigError } from '../config/index.js'
import { type Finding, fail, ok, reasonOf, warn } from './finding.js'

const CHECK = 'configuration'
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1'])
/** Whoever isn't the owner of a file. */
const OTHERS = 0o077
const EVERYBODY = /\/0$/

export const isLocal = (host: string): boolean => LOOPBACK.has(host)

const plainSecrets = ({ keys, readTokens }: Config): number =>
  keys.filter(({ kind }) => kind === 'service').length + readTokens.filter(({ kind }) => kind === 'plain').length

const secretFindings = (config: Config, file: string | undefined): Finding[] => {
  const count = plainSecrets(config)
  if (count === 0) return []
  const findings = [
    warn(
      'secrets',
      `${count} service keys or read tokens stand in the configuration as they are`,
      'give their sha256 instead',
    ),
  ]
  if (file !== undefined && (statSync(file).mode & OTHERS) !== 0) {
    findings.push(fail('secrets', `others than its owner can read or write ${file}`, `chmod 600 ${file}`))
  }
  return findings
}

const networkFindings = ({ server, keys, readTokens, jwt }: Config): Finding[] => {
  const findings: Finding[] = []
  if (server.trustProxy.some(range => EVERYBODY.test(range))) {
    const todo = 'list the addresses of your own proxies in server.trustProxy'
    findings.push(fail('proxy', 'everybody is trusted to say which address a call comes from', todo))
  }
  if (server.metrics !== undefined && !isLocal(server.metrics.host)) {
    const todo = 'bind server.metrics.host to 127.0.0.1, or to a network that only the scraper reaches'
    findings.push(warn('metrics', `${server.metrics.host} shows the metrics without a token`, todo))
  }
  if (isLocal(server.host)) {
    if (keys.length + readTokens.length + jwt.length > 0) return findings
    return [...findings, ok('access', 'no keys are set: whoever works on this machine may write and read')]
  }
  if (server.tls === undefined && server.trustProxy.length === 0) {
    const todo = 'set server.tls, or put a proxy with TLS before it and name it in server.trustProxy'
    findings.push(warn('tls', `${server.host} is open to the network, without TLS and without a trusted proxy`, todo))
  }
  if (readTokens.length + jwt.length === 0) {
    findings.push(warn('access', 'no readTokens are set, so nobody can read over the network', 'pulssi token new'))
  }
  return findings
}

export interface Judged {
  readonly findings: readonly Finding[]
  /** null: it can't be used. */
  readonly config: Config | null
}

/** Reads the configuration and looks for what is allowed but unwise. `file`: undefined where everything has its default. */
export const checkConfiguration = (load: () => Config, file: string | undefined): Judged => {
  try {
    const config = load()
    const findings = [
      ok(CHECK, file === undefined ? 'there is no file: everything has its default' : `${file} can be used`),
    ]
    return { findings: [...findings, ...secretFindings(config, file), ...networkFindings(config)], config }
  } catch (error) {
    if (!(error instanceof ConfigError))
      return { findings: [fail(CHECK, reasonOf(error), 'check the file')], config: null }
    const findings = error.problems.map(({ path, message }) =>
      fail(CHECK, path === '' ? message : `${path}: ${message}`, 'correct it; pulssi serve will not start like this'),
    )
    return { findings, config: null }
  }
}
