import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SignJWT } from 'jose'
import { type Config, type Issuer, issuerKey } from '../config/index.js'
import { CliError } from './exits.js'

export interface Claims {
  readonly project: string
  readonly touchpoints: readonly string[]
  readonly scopes: readonly string[]
}

interface Signer {
  readonly algorithm: Issuer['algorithm']
  readonly key: KeyObject
}

const privateKey = (file: string): KeyObject => {
  try {
    return createPrivateKey(readFileSync(file))
  } catch (error) {
    throw new CliError('failed', `${file} is no private key in PEM: ${(error as Error).message}`)
  }
}

/** By the private key given, else by the first shared secret. A server that doesn't know the key takes no such token. */
const signerOf = (issuers: Config['jwt'], keyFile: string | undefined): Signer => {
  if (keyFile === undefined) {
    for (const issuer of issuers) {
      if (issuer.algorithm === 'HS256') return { algorithm: 'HS256', key: createSecretKey(Buffer.from(issuer.secret)) }
    }
    throw new CliError('config', 'jwt of the configuration has no HS256 issuer: add one, or give --private-key')
  }
  const key = privateKey(keyFile)
  const half = createPublicKey(key)
  const issuer = issuers.find(issuer => issuer.algorithm !== 'HS256' && issuerKey(issuer).equals(half))
  if (issuer !== undefined) return { algorithm: issuer.algorithm, key }
  throw new CliError('config', 'jwt of the configuration has no issuer with the public half of this key: add it')
}

/** `now`: ms since 1970; `lifeMs`: at most 24 hours. Throws CliError. */
export const signToken = (
  issuers: Config['jwt'],
  keyFile: string | undefined,
  claims: Claims,
  now: number,
  lifeMs: number,
): Promise<string> => {
  const { algorithm, key } = signerOf(issuers, keyFile)
  const issuedAt = Math.floor(now / 1_000)
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.floor(lifeMs / 1_000))
    .sign(key)
}
