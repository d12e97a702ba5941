import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Access, mayRead } from './access.js'

const keys = [
  { kind: 'page' as const, key: 'pk_shop', origins: ['https://shop.example'], channels: ['web'] },
  { kind: 'service' as const, key: 'sk_desk' },
]
const sha256 = createHash('sha256').update('rt_hashed').digest('hex')
const readTokens = [
  { kind: 'plain' as const, token: 'rt_screen', touchpoints: ['checkout.*'], scopes: ['pulse' as const] },
  { kind: 'sha256' as const, sha256, touchpoints: ['*'], scopes: ['pulse' as const] },
]

test('a key writes, a token reads, and each is told apart from an unknown one on the other side', () => {
  const access = new Access({ keys, readTokens })
  expect(access.open).toBe(false)
  expect(access.writer('pk_shop')).toMatchObject({ kind: 'page' })
  expect(access.writer('sk_desk')).toEqual({ kind: 'service' })
  expect(access.writer('pk_shoP')).toBe('unauthorized')
  expect(access.writer(null)).toBe('unauthorized')
  expect(access.writer('rt_screen')).toBe('forbidden')
  expect(access.reader('rt_screen')).toMatchObject({ touchpoints: ['checkout.*'] })
  expect(access.reader('rt_hashed')).toMatchObject({ touchpoints: ['*'] })
  expect(access.reader(sha256)).toBe('unauthorized')
  expect(access.reader('sk_desk')).toBe('forbidden')
  expect(access.reader(null)).toBe('unauthorized')
})

test('with keys alone nobody reads, with tokens alone nobody writes', () => {
  expect(new Access({ keys, readTokens: [] }).reader(null)).toBe('unauthorized')
  expect(new Access({ keys: [], readTokens }).writer('pk_any')).toBe('unauthorized')
})

test('without either, any key writes and everyone reads', () => {
  const access = new Access({ keys: [], readTokens: [] })
  expect(access.open).toBe(true)
  expect(access.writer('pk_any')).toMatchObject({ kind: 'page' })
  expect(access.writer('sk_any')).toEqual({ kind: 'service' })
  expect(access.writer(null)).toEqual({ kind: 'service' })
  expect(access.reader(null)).toMatchObject({ touchpoints: ['*'] })
})

test('a token sees what its patterns match, and roll-ups only if it sees all', () => {
  const some = { touchpoints: ['checkout.*', 'cart'], scopes: new Set(['pulse']) }
  const all = { touchpoints: ['*'], scopes: new Set(['pulse']) }
  expect(mayRead(some, 'checkout.payment')).toBe(true)
  expect(mayRead(some, 'cart')).toBe(true)
  expect(mayRead(some, 'cart.items')).toBe(false)
  expect(mayRead(some, '~journey')).toBe(false)
  expect(mayRead(all, '~journey')).toBe(true)
})
