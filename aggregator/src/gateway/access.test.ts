import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseConfig } from '../config/index.js'
import { Access, mayRead } from './access.js'

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const KEYS = [{ key: 'pk_shop', origins: ['https://shop.example'], channels: ['web'] }, { key: 'sk_desk' }]
const TOKENS = [{ token: 'rt_screen', touchpoints: ['checkout.*'] }, { sha256: hash('rt_hashed') }]
const HERE = '192.0.2.1'
const ELSEWHERE = '192.0.2.2'

const accessTo = (keys: readonly unknown[], readTokens: readonly unknown[], perSecond = 100): Access =>
  new Access(parseConfig({ keys, readTokens }), () => perSecond)

test('a key writes, a token reads, and each is told apart from an unknown one on the other side', () => {
  const access = accessTo([...KEYS, { sha256: hash('sk_hashed') }], TOKENS)
  expect(access.open).toBe(false)
  expect(access.writer('pk_shop', HERE)).toMatchObject({ kind: 'page' })
  expect(access.writer('sk_desk', HERE)).toMatchObject({ kind: 'service' })
  expect(access.writer('sk_hashed', HERE)).toMatchObject({ kind: 'service' })
  expect(access.writer(hash('sk_hashed'), HERE)).toBe('unauthorized')
  expect(access.writer('pk_shoP', HERE)).toBe('unauthorized')
  expect(access.writer(null, HERE)).toBe('unauthorized')
  expect(access.writer('rt_screen', HERE)).toBe('forbidden')
  expect(access.reader('rt_screen', HERE)).toMatchObject({ touchpoints: ['checkout.*'] })
  expect(access.reader('rt_hashed', HERE)).toMatchObject({ touchpoints: ['*'] })
  expect(access.reader(hash('rt_hashed'), HERE)).toBe('unauthorized')
  expect(access.reader('sk_desk', HERE)).toBe('forbidden')
  expect(access.reader('pk_shop', HERE)).toBe('forbidden')
  expect(access.reader(null, HERE)).toBe('unauthorized')
})

test('with keys alone nobody reads, with tokens alone nobody writes', () => {
  expect(accessTo(KEYS, []).reader(null, HERE)).toBe('unauthorized')
  expect(accessTo([], TOKENS).writer('pk_any', HERE)).toBe('unauthorized')
})

test('without either, any key writes and everyone reads', () => {
  const access = accessTo([], [])
  expect(access.open).toBe(true)
  expect(access.writer('pk_any', HERE)).toMatchObject({ kind: 'page' })
  expect(access.writer('sk_any', HERE)).toMatchObject({ kind: 'service' })
  expect(access.writer(null, HERE)).toMatchObject({ kind: 'service' })
  expect(access.reader(null, HERE)).toMatchObject({ touchpoints: ['*'] })
})

test('who guesses is not told right from wrong; who got in before, and pages, still get in', () => {
  const access = accessTo(KEYS, TOKENS, 3)
  expect(access.writer('sk_desk', HERE)).toMatchObject({ kind: 'service' })
  for (let n = 0; n < 2; n++) expect(access.writer(`sk_${n}`, HERE)).toBe('unauthorized')
  for (let n = 0; n < 50; n++) expect(access.reader(`rt_${n}`, HERE)).toBe('tooMany')
  expect(access.reader('rt_screen', HERE)).toBe('tooMany')
  expect(access.writer('sk_desk', HERE)).toMatchObject({ kind: 'service' })
  expect(access.writer('pk_shop', HERE)).toMatchObject({ kind: 'page' })
  expect(access.reader('rt_screen', ELSEWHERE)).toMatchObject({ touchpoints: ['checkout.*'] })
})

test('after a change, what was admitted is what it is then worth, or gone', () => {
  const access = accessTo(KEYS, TOKENS)
  const writer = access.writer('pk_shop', HERE)
  const reader = access.reader('rt_screen', HERE)
  const gone = access.writer('sk_desk', HERE)
  if (typeof writer === 'string' || typeof reader === 'string' || typeof gone === 'string')
    throw new Error('not admitted')
  const keys = [{ key: 'pk_shop', origins: ['https://new.example'] }]
  access.replace(parseConfig({ keys, readTokens: [{ token: 'rt_screen', touchpoints: ['cart'] }] }))
  expect(access.renewedWriter(writer)).toMatchObject({ origins: new Set(['https://new.example']) })
  expect(access.renewedReader(reader)).toMatchObject({ touchpoints: ['cart'] })
  expect(access.renewedWriter(gone)).toBeNull()
  expect(access.writer('sk_desk', HERE)).toBe('unauthorized')
  expect(access.origins).toEqual(new Set(['https://new.example']))
})

test('a token sees what its patterns match, and roll-ups only if it sees all', () => {
  const some = { touchpoints: ['checkout.*', 'cart'] }
  const all = { touchpoints: ['*'] }
  expect(mayRead(some, 'checkout.payment')).toBe(true)
  expect(mayRead(some, 'cart')).toBe(true)
  expect(mayRead(some, 'cart.items')).toBe(false)
  expect(mayRead(some, '~journey')).toBe(false)
  expect(mayRead(all, '~journey')).toBe(true)
})
