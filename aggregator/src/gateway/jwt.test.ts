import { createHmac, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { type JWTPayload, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { Issuers } from './jwt.js'

const NOW = 1_732_250_000_000
const NOW_S = NOW / 1_000
const SECRET = 'a secret of at least thirty-two bytes'
const HS: ConstructorParameters<typeof Issuers>[0] = [{ algorithm: 'HS256', secret: SECRET }]
const CLAIMS = { project: 'shop', touchpoints: ['checkout.*'], scopes: ['pulse'], iat: NOW_S, exp: NOW_S + 600 }

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const signed = (claims: object, secret: string | Buffer = SECRET, header: object = { alg: 'HS256' }): string => {
  const head = `${part(header)}.${part(claims)}`
  return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`
}
const verdict = (token: string, issuers = HS) => new Issuers(issuers, 'shop').verify(token, NOW)

test('a right token says what it allows, and until when', async () => {
  expect(await verdict(signed(CLAIMS))).toMatchObject({
    touchpoints: ['checkout.*'],
    scopes: new Set(['pulse']),
    expiresAt: NOW + 630_000,
  })
})

test.each([
  ['no algorithm', `${part({ alg: 'none' })}.${part(CLAIMS)}.`, /algorithm/],
  ['no algorithm, but signed', signed(CLAIMS, SECRET, { alg: 'none' }), /algorithm/],
  ['another algorithm', signed(CLAIMS, SECRET, { alg: 'HS512' }), /algorithm/],
  ['another secret', signed(CLAIMS, `${SECRET}x`), /signature/],
  ['expired', signed({ ...CLAIMS, exp: NOW_S - 31 }), /expired/],
  ['another project', signed({ ...CLAIMS, project: 'shop2' }), /another project/],
  ['no project', signed({ ...CLAIMS, project: undefined }), /project/],
  ['no expiry', signed({ ...CLAIMS, exp: undefined }), /exp/],
  ['no time of issue', signed({ ...CLAIMS, iat: undefined }), /iat/],
  ['an expiry that is text', signed({ ...CLAIMS, exp: 'soon' }), /exp/],
  ['a long life', signed({ ...CLAIMS, exp: NOW_S + 86_401 }), /24 hours/],
  ['issued in the future', signed({ ...CLAIMS, iat: NOW_S + 31, exp: NOW_S + 40 }), /future/],
  ['not yet', signed({ ...CLAIMS, nbf: NOW_S + 31 }), /nbf/],
  ['no scopes', signed({ ...CLAIMS, scopes: undefined }), /scopes/],
  ['an unknown scope', signed({ ...CLAIMS, scopes: ['all'] }), /scopes/],
  ['touchpoints that are none', signed({ ...CLAIMS, touchpoints: ['a*b'] }), /touchpoints/],
  ['a critical header', signed(CLAIMS, SECRET, { alg: 'HS256', crit: ['b64'], b64: false }), /malformed/],
])('%s', async (_, token, message) => {
  expect(await verdict(token)).toMatch(message)
})

test('clocks may differ a little', async () => {
  expect(await verdict(signed({ ...CLAIMS, exp: NOW_S - 29 }))).toMatchObject({ touchpoints: ['checkout.*'] })
  expect(await verdict(signed({ ...CLAIMS, iat: NOW_S + 29 }))).toMatchObject({ touchpoints: ['checkout.*'] })
})

test.each(['ES256', 'EdDSA', 'RS256'] as const)(
  '%s: PEM or JWK; the public key is no secret to sign with',
  async algorithm => {
    const { publicKey, privateKey } =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : algorithm === 'EdDSA'
          ? generateKeyPairSync('ed25519')
          : generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
    const jwk = publicKey.export({ format: 'jwk' }) as Record<string, unknown>
    const token = await new SignJWT(CLAIMS as JWTPayload).setProtectedHeader({ alg: algorithm }).sign(privateKey)
    for (const given of [pem, jwk]) {
      expect(await verdict(token, [{ algorithm, publicKey: given }])).toMatchObject({ scopes: new Set(['pulse']) })
    }
    const confused = signed(CLAIMS, pem)
    expect(await verdict(confused, [{ algorithm, publicKey: pem }])).toMatch(/algorithm/)
    expect(await verdict(confused, [{ algorithm, publicKey: pem }, ...HS])).toMatch(/signature/)
  },
)

test('one of several issuers is enough', async () => {
  const other = { algorithm: 'HS256' as const, secret: 'another secret, of thirty-two bytes too' }
  expect(await verdict(signed(CLAIMS), [other, ...HS])).toMatchObject({ scopes: new Set(['pulse']) })
  expect(await verdict(signed(CLAIMS, 'a third one'), [other, ...HS])).toMatch(/signature/)
})

test('whatever a token is, the verdict is a sentence and no exception', async () => {
  const good = signed(CLAIMS)
  const damaged = fc
    .tuple(fc.nat(good.length - 1), fc.constantFrom('', '.', 'A', '_', '=', '\u0000', 'é'))
    .map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1))
  const payload = fc.jsonValue().map(value => signed(value as object))
  const header = fc.jsonValue().map(value => `${part(value)}.${part(CLAIMS)}.c2ln`)
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), damaged, payload, header), async token => {
      fc.pre(token !== good)
      const found = await verdict(token)
      // The last digit of the signature holds two bits that mean nothing.
      if (typeof found !== 'string') expect(token.slice(0, -1)).toBe(good.slice(0, -1))
    }),
    { numRuns: 500 },
  )
})
