import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ConfigError, type Problem } from './problems.js'
import type { Config } from './schema.js'

/** What the adapters are made with, as far as the configuration says it. */
export interface ClusterPlace {
  readonly connection: {
    readonly servers: string[]
    /** As the server's list of connections shows it. */
    readonly name: string
    /** Among the subjects of the project, so that a user needs no others. */
    readonly inboxPrefix: string
    /** Of a `.creds` file, or the seed of an nkey; read anew with each call. Throws where it can't be read. */
    readonly credentials?: () => Uint8Array
    readonly user?: string
    readonly pass?: string
    readonly token?: string
    /** Paths. */
    readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string }
  }
  readonly project: string
  readonly partitions: number
  readonly replicas: number
  readonly streamBytes?: number
}

type Nats = NonNullable<Config['server']['nats']>
type Tls = NonNullable<ClusterPlace['connection']['tls']>

const CREDENTIALS = /-----BEGIN NATS USER JWT-----|^\s*SU[A-Z2-7]{56}\s*$/
const TLS_SCHEME = /^tls:/

const checkCredentials = (bytes: Buffer): void => {
  if (!CREDENTIALS.test(bytes.toString())) throw new Error('is neither a .creds file nor the seed of a user (SU…)')
}

/** A chain has more; the first is enough to know that it is one. */
const checkCertificate = (bytes: Buffer): void => void new X509Certificate(bytes)

const checkKey = (bytes: Buffer): void => void createPrivateKey(bytes)

const FILES = [
  { name: 'credentials', check: checkCredentials, is: 'credentials' },
  { name: 'tls.ca', check: checkCertificate, is: 'a certificate in PEM' },
  { name: 'tls.cert', check: checkCertificate, is: 'a certificate in PEM' },
  { name: 'tls.key', check: checkKey, is: 'a private key in PEM' },
] as const

const fileOf = ({ credentials, tls }: Nats, name: (typeof FILES)[number]['name']): string | undefined => {
  switch (name) {
    case 'credentials':
      return credentials
    case 'tls.ca':
      return tls?.ca
    case 'tls.cert':
      return tls?.cert
    case 'tls.key':
      return tls?.key
  }
}

const problemsOf = (nats: Nats): Problem[] =>
  FILES.flatMap(({ name, check, is }) => {
    const file = fileOf(nats, name)
    if (file === undefined) return []
    const path = `server.nats.${name}`
    let bytes: Buffer
    try {
      bytes = readFileSync(file)
    } catch (error) {
      return [{ path, message: `can't be read: ${(error as Error).message}` }]
    }
    try {
      check(bytes)
      return []
    } catch {
      return [{ path, message: `${file} doesn't hold ${is}` }]
    }
  })

const tlsOf = ({ servers, tls }: Nats): { tls?: Tls } => {
  if (tls === undefined) return servers.some(server => TLS_SCHEME.test(server)) ? { tls: {} } : {}
  const { ca, cert, key } = tls
  return {
    tls: {
      ...(ca === undefined ? {} : { caFile: ca }),
      ...(cert === undefined ? {} : { certFile: cert }),
      ...(key === undefined ? {} : { keyFile: key }),
    },
  }
}

/**
 * What the adapters need to know. `owner`: of this process's life, or what it does. Throws ConfigError where a file that
 * is named can't be used.
 */
export const natsOptions = (config: Pick<Config, 'project' | 'server'>, owner: string): ClusterPlace => {
  const { project } = config
  const { nats, partitions } = config.server
  const missing = { path: 'server.nats', message: 'is missing: name the servers there, or with --nats' }
  if (nats === undefined) throw new ConfigError('the configuration', [missing])
  const problems = problemsOf(nats)
  if (problems.length > 0) throw new ConfigError('the configuration', problems)
  const { servers, credentials, user, password, token, replicas, streamBytes } = nats
  return {
    connection: {
      servers: [...servers],
      name: `pulssi ${project} ${owner}`,
      inboxPrefix: `pulssi.${project}.inbox`,
      ...(credentials === undefined ? {} : { credentials: () => readFileSync(credentials) }),
      ...(user === undefined || password === undefined ? {} : { user, pass: password }),
      ...(token === undefined ? {} : { token }),
      ...tlsOf(nats),
    },
    project,
    partitions,
    replicas,
    ...(streamBytes === undefined ? {} : { streamBytes }),
  }
}
