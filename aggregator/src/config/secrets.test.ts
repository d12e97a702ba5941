import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ConfigError, parseConfig } from './index.js'

const SECRET = 'a secret of at least thirty-two bytes'
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ED = generateKeyPairSync('ed25519')
const pem = (pair: typeof EC): string => pair.publicKey.export({ type: 'spki', format: 'pem' }) as string
const page = { key: 'pk_shop', origins: ['https://shop.example'] }

const problemsOf = (value: unknown, env: Record<string, string> = {}): string[] => {
  try {
    parseConfig(value, 'test', env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`)
    throw error
  }
  return []
}

test('secrets are themselves, or come from the environment', () => {
  const value = {
    keys: [{ ...page, proofSecret: 'env:PROOF' }, { sha256: 'a'.repeat(64) }],
    jwt: [
      { algorithm: 'HS256', secret: 'env:HMAC' },
      { algorithm: 'ES256', publicKey: 'env:PUBLIC' },
    ],
  }
  const env = { PROOF: 'p', HMAC: SECRET, PUBLIC: JSON.stringify(EC.publicKey.export({ format: 'jwk' })) }
  const config = parseConfig(value, 'test', env)
  expect(config.keys).toMatchObject([{ proofSecret: 'p' }, { kind: 'hashedService' }])
  expect(config.jwt).toMatchObject([{ secret: SECRET }, { publicKey: env.PUBLIC }])
  expect(problemsOf(value, { ...env, HMAC: '' })).toEqual(['jwt[0].secret: the environment has no HMAC: set it'])
  expect(problemsOf(value)).toHaveLength(3)
})

describe('what is wrong with a key is said at the start, and never repeats it', () => {
  const issuer = (given: object) => ({ jwt: [given] })
  const privateJwk = EC.privateKey.export({ format: 'jwk' })
  test.each([
    ['a short secret', issuer({ algorithm: 'HS256', secret: 'short' }), /^jwt\[0\]\.secret: is shorter than 32 bytes/],
    ['no algorithm at all', issuer({ secret: SECRET }), /^jwt\[0\]/],
    ['the algorithm none', issuer({ algorithm: 'none', secret: SECRET }), /^jwt\[0\]/],
    ['a secret for a key pair', issuer({ algorithm: 'ES256', secret: SECRET }), /^jwt\[0\]/],
    ['a key of another kind', issuer({ algorithm: 'EdDSA', publicKey: pem(EC) }), /publicKey: doesn't fit EdDSA/],
    ['a key of another curve', issuer({ algorithm: 'ES256', publicKey: pem(ED as typeof EC) }), /doesn't fit ES256/],
    ['no key', issuer({ algorithm: 'RS256', publicKey: 'MIIB' }), /can’t be read/],
    ['a broken JWK', issuer({ algorithm: 'RS256', publicKey: '{"kty"' }), /no JWK/],
    ['a private JWK', issuer({ algorithm: 'ES256', publicKey: privateJwk }), /private key/],
    [
      'a private PEM',
      issuer({ algorithm: 'ES256', publicKey: EC.privateKey.export({ type: 'pkcs8', format: 'pem' }) }),
      /private key/,
    ],
    [
      'a proof secret of a service',
      { keys: [{ key: 'sk_a', proofSecret: 's' }] },
      /^keys\[0\]\.proofSecret: .*leave it out/,
    ],
    ['a key and its hash', { keys: [{ key: 'sk_a', sha256: 'a'.repeat(64) }] }, /^keys\[0\]: .*not both/],
    ['neither', { keys: [{}] }, /^keys\[0\]: needs either/],
    ['a hash of a page', { keys: [{ sha256: 'a'.repeat(64), origins: ['https://a.example'] }] }, /^keys\[0\]\.origins/],
    ['a hash twice', { keys: [{ sha256: 'a'.repeat(64) }, { sha256: 'a'.repeat(64) }] }, /^keys\[1\]\.sha256: .*twice/],
    ['half of TLS', { server: { tls: { cert: 'a.pem' } } }, /^server\.tls\.key: is missing/],
  ])('%s', (_, value, message) => {
    const problems = problemsOf(value)
    expect(problems.join('\n')).toMatch(message)
    expect(problems.join('\n')).not.toMatch(/-----BEGIN|"d"/)
  })
})

test('a public host is fine with an issuer alone', () => {
  const jwt = [{ algorithm: 'HS256', secret: SECRET }]
  expect(problemsOf({ server: { host: '0.0.0.0' }, jwt })).toEqual([])
})
