import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { ConfigError, type Problem } from '../config/index.js'

/** Older versions are broken, and every browser and runtime that we speak with knows this one. */
const OLDEST = 'TLSv1.2'
/** Time for a handshake; beyond: cut off. */
export const HANDSHAKE_MS = 10_000

export interface TlsFiles {
  /** Path of the certificate chain, PEM. */
  readonly cert: string
  /** Path of its private key, PEM. */
  readonly key: string
}

/** What a TLS server is made from. */
export interface Tls {
  readonly cert: string
  readonly key: string
  readonly minVersion: typeof OLDEST
  readonly handshakeTimeout: number
}

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message

/** Reads the files and tries them out. Throws ConfigError where one can't be read, or the two don't belong together. */
export const readTls = (files: TlsFiles): Tls => {
  const problems: Problem[] = []
  const read = (name: keyof TlsFiles): string => {
    try {
      return readFileSync(files[name], 'utf8')
    } catch (error) {
      problems.push({ path: `server.tls.${name}`, message: `${files[name]} can't be read: ${reasonOf(error)}` })
      return ''
    }
  }
  const tls = { cert: read('cert'), key: read('key'), minVersion: OLDEST, handshakeTimeout: HANDSHAKE_MS } as const
  if (problems.length === 0) {
    try {
      createSecureContext(tls)
    } catch (error) {
      const message = `certificate and key are no PEM, or don't belong together: ${reasonOf(error)}`
      problems.push({ path: 'server.tls', message })
    }
  }
  if (problems.length > 0) throw new ConfigError('TLS', problems)
  return tls
}
