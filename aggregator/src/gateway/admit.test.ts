import { Fault, type HelloFrame, IDENTITIES } from '@pulssi/protocol'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { parseConfig } from '../config/index.js'
import type { Store } from '../ports.js'
import { Access, type Rights } from './access.js'
import { type Admission, admitAgain, admitHello, admitReader, type Role } from './admit.js'
import { DayIdentity } from './identity.js'
import { makeProof } from './proof.js'

const SECRET = 'ps_secret'
const HERE = { address: '192.0.2.1', userAgent: 'test', origin: 'https://shop.example' }
const rights = (page: object = {}, more: object = {}): Rights =>
  parseConfig({
    project: 'shop',
    keys: [{ key: 'pk_shop', origins: [HERE.origin], proofSecret: SECRET, ...page }, { key: 'sk_desk' }],
    readTokens: [{ token: 'rt_screen' }],
    ...more,
  })
const access = (): Access => new Access(rights(), () => 1_000)

let days: DayIdentity
beforeAll(async () => {
  const store = { put: async () => 1, get: async () => null, keys: async () => [], delete: async () => {} }
  days = await DayIdentity.open(store as unknown as Store, { now: () => 0 })
})

const hello = (
  key: string | null,
  identity: number,
  visitor: string | null,
  proof: string | null = null,
): HelloFrame => [1, key, identity, visitor, proof, 's', 'test']
const admitted = (admission: Admission<Role>): Role => {
  if (!admission.ok) throw new Error(admission.message)
  return admission.value
}

test('W8: whatever a page says of itself, it is a visitor that pages make, or one that the host has proven', () => {
  const visitor = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/),
    fc.stringMatching(/^[dpv]\.[A-Za-z0-9_.-]{1,12}$/),
  )
  const proofOf = fc.constantFrom('right', 'none', 'other', 'customer')
  fc.assert(
    fc.property(fc.nat(IDENTITIES.length - 1), fc.option(visitor), proofOf, (identity, given, kind) => {
      const id = given ?? 'x'
      const proof = {
        right: makeProof(SECRET, 'shop', 'visitor', id),
        none: null,
        other: makeProof(SECRET, 'shop', 'visitor', `${id}x`),
        customer: makeProof(SECRET, 'shop', 'customer', id),
      }[kind]
      const admission = admitHello(hello('pk_shop', identity, given, proof), HERE, access(), days)
      if (!admission.ok) return
      const own = admission.value.writer?.visitor ?? ''
      expect(/^[dpv]\./.test(own) || (kind === 'right' && own === given)).toBe(true)
    }),
  )
})

test('a page key is good from its origins alone, a service’s from anywhere', () => {
  for (const origin of [null, 'https://evil.example', 'https://shop.example.evil.example', 'null']) {
    expect(admitHello(hello('pk_shop', 0, null), { ...HERE, origin }, access(), days)).toMatchObject({
      fault: Fault.forbidden,
    })
    expect(admitHello(hello('sk_desk', 0, null), { ...HERE, origin }, access(), days)).toMatchObject({ ok: true })
  }
})

test('after a change: channels and links are the new ones; a key, an Origin or a secret that is gone ends it', () => {
  const before = access()
  const page = admitted(admitHello(hello('pk_shop', 0, null), HERE, before, days))
  const host = admitted(
    admitHello(hello('pk_shop', 3, 'c-1', makeProof(SECRET, 'shop', 'visitor', 'c-1')), HERE, before, days),
  )
  const service = admitted(admitHello(hello('sk_desk', 0, null), HERE, before, days))
  const after = (role: Role, now: Rights): unknown => {
    const changed = access()
    changed.replace(now)
    const admission = admitAgain(role, HERE, changed)
    return admission.ok ? [...(admission.value.writer?.channels ?? ['all'])] : admission.fault
  }
  expect([page, host, service].map(role => after(role, rights({ channels: ['app'] })))).toEqual([
    ['app'],
    ['app'],
    ['all'],
  ])
  expect([page, host].map(role => after(role, rights({ proofSecret: 'another' })))).toEqual([['web'], Fault.forbidden])
  expect([page, host].map(role => after(role, rights({}, { project: 'shop2' })))).toEqual([['web'], Fault.forbidden])
  const elsewhere = rights({ origins: ['https://other.example'] })
  expect([page, service].map(role => after(role, elsewhere))).toEqual([Fault.forbidden, ['all']])
  const gone = rights({}, { keys: [] })
  expect([page, service].map(role => after(role, gone))).toEqual([Fault.unauthorized, Fault.unauthorized])
})

test('a signed token whose issuer goes while it is verified is not taken', async () => {
  const { SignJWT } = await import('jose')
  const jwt = [{ algorithm: 'HS256', secret: 'a secret of at least thirty-two bytes' }]
  const changing = new Access(rights({}, { jwt }), () => 1_000)
  const token = await new SignJWT({ project: 'shop', touchpoints: ['*'], scopes: ['pulse'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(Buffer.from('a secret of at least thirty-two bytes'))
  expect(await admitReader(changing, token, HERE)).toMatchObject({ ok: true })
  const verdict = admitReader(changing, token, HERE)
  changing.replace(rights())
  expect(await verdict).toMatchObject({ ok: false, fault: Fault.unauthorized })
})
