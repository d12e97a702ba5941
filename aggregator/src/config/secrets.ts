import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { checkUrl, FROM_ENVIRONMENT, hookKey } from './alerts.js'
import { type Problem, pathText } from './problems.js'
import type { Config, Hook, Issuer } from './schema.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** A secret as short as its hash is easier to guess than the hash (RFC 7518, section 3.2). */
const HS256_BYTES = 32
const RSA_BITS = 2_048
const EXPECTED = {
  ES256: 'an EC key on P-256',
  EdDSA: 'an Ed25519 key',
  RS256: `an RSA key of ${RSA_BITS} bits or more`,
}

/** What stands for itself, or, as `env:NAME`, in the environment. Throws an error that says what is missing. */
const resolved = (text: string, env: Environment): string => {
  const name = FROM_ENVIRONMENT.exec(text)?.[1]
  if (name === undefined) return text
  const value = env[name]
  if (value === undefined || value === '') throw new Error(`the environment has no ${name || 'such variable'}: set it`)
  return value
}

const isPrivate = (given: string | JsonWebKey): boolean =>
  typeof given === 'string' ? given.includes('PRIVATE KEY') : given.d !== undefined || given.k !== undefined

const fits = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, algorithm: keyof typeof EXPECTED): boolean => {
  switch (algorithm) {
    case 'ES256':
      return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1'
    case 'EdDSA':
      return asymmetricKeyType === 'ed25519'
    case 'RS256':
      return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS
  }
}

const publicKey = (given: string | JsonWebKey): KeyObject => {
  if (isPrivate(given)) throw new Error('is a private key: give the public half alone')
  try {
    return typeof given === 'string' ? createPublicKey(given) : createPublicKey({ key: given, format: 'jwk' })
  } catch {
    throw new Error('can’t be read: give PEM (BEGIN PUBLIC KEY) or a JWK')
  }
}

/** The key that an issuer's tokens are checked with. Throws an error that says what is wrong with it. */
export const issuerKey = (issuer: Issuer): KeyObject => {
  if (issuer.algorithm === 'HS256') {
    const secret = Buffer.from(issuer.secret)
    if (secret.length < HS256_BYTES) throw new Error(`is shorter than ${HS256_BYTES} bytes: take a longer one`)
    return createSecretKey(secret)
  }
  const given = issuer.publicKey
  const isJwk = typeof given === 'string' && given.trimStart().startsWith('{')
  const key = publicKey(isJwk ? (JSON.parse(given) as JsonWebKey) : given)
  if (fits(key, issuer.algorithm)) return key
  throw new Error(`doesn't fit ${issuer.algorithm}, which needs ${EXPECTED[issuer.algorithm]}`)
}

const resolvedIssuer = (issuer: Issuer, env: Environment): Issuer => {
  const whole: Issuer =
    issuer.algorithm === 'HS256'
      ? { ...issuer, secret: resolved(issuer.secret, env) }
      : {
          ...issuer,
          publicKey: typeof issuer.publicKey === 'string' ? resolved(issuer.publicKey, env) : issuer.publicKey,
        }
  issuerKey(whole)
  return whole
}

const signing = (secret: string, env: Environment): string => {
  const whole = resolved(secret, env)
  hookKey(whole)
  return whole
}

type Attempt = <Value>(path: readonly PropertyKey[], value: Value, resolve: () => Value) => Value

const resolvedNats = ({ server: { nats } }: Config, env: Environment, attempt: Attempt): Config['server']['nats'] => {
  if (nats === undefined) return undefined
  const secret = (name: 'password' | 'token'): Partial<typeof nats> => {
    const text = nats[name]
    if (text === undefined) return {}
    return { [name]: attempt(['server', 'nats', name], text, () => resolved(text, env)) }
  }
  return { ...nats, ...secret('password'), ...secret('token') }
}

/** Puts the environment's secrets in place and reads every key once, so that what is wrong is said at the start. */
export const resolveSecrets = (config: Config, env: Environment): { config: Config; problems: Problem[] } => {
  const problems: Problem[] = []
  const attempt: Attempt = (path, value, resolve) => {
    try {
      return resolve()
    } catch (error) {
      const message = error instanceof SyntaxError ? 'is no JWK' : (error as Error).message
      problems.push({ path: pathText(path), message })
      return value
    }
  }
  const keys = config.keys.map((key, index) => {
    if (key.kind !== 'page' || key.proofSecret === null) return key
    const secret = key.proofSecret
    const proofSecret = attempt(['keys', index, 'proofSecret'], secret, () => resolved(secret, env))
    return { ...key, proofSecret }
  })
  const jwt = config.jwt.map((issuer, index) => {
    const path = ['jwt', index, issuer.algorithm === 'HS256' ? 'secret' : 'publicKey']
    return attempt(path, issuer, () => resolvedIssuer(issuer, env))
  })
  const hooks = Object.fromEntries(
    Object.entries(config.hooks).map(([name, hook]): [string, Hook] => {
      const { url, secret } = hook
      const whole = { ...hook, url: attempt(['hooks', name, 'url'], url, () => checkUrl(resolved(url, env))) }
      if (secret === undefined) return [name, whole]
      return [name, { ...whole, secret: attempt(['hooks', name, 'secret'], secret, () => signing(secret, env)) }]
    }),
  )
  const server = { ...config.server, nats: resolvedNats(config, env, attempt) }
  return { config: { ...config, server, keys, jwt, hooks }, problems }
}
