import { VISITOR } from '@pulssi/protocol'
import { expect, test } from 'vitest'
import type { Store } from '../ports.js'
import { DayIdentity, pageVisitor } from './identity.js'

const DAY_MS = 86_400_000

/** A Store of small values in memory: the salts are all that is looked at. */
const memory = (): { store: Store; values: Map<string, Uint8Array> } => {
  const values = new Map<string, Uint8Array>()
  const store: Store = {
    get: async key => {
      const value = values.get(key)
      return value === undefined ? null : { value, revision: 1 }
    },
    put: async (key, value, revision) => {
      if (revision === 0 && values.has(key)) return null
      values.set(key, value)
      return 1
    },
    delete: async key => {
      values.delete(key)
    },
    keys: async prefix => [...values.keys()].filter(key => key.startsWith(prefix)).sort(),
    putBlob: async () => {},
    getBlob: async () => null,
    deleteBlob: async () => {},
    blobs: async () => [],
    close: async () => {},
  }
  return { store, values }
}

test('one person on one day is one visitor at every gateway, another day another, and old salts are gone', async () => {
  const { store, values } = memory()
  let now = Date.UTC(2026, 0, 1, 23, 59)
  const clock = { now: () => now }
  const [one, other] = [await DayIdentity.open(store, clock), await DayIdentity.open(store, clock)]
  const id = one.visitor('192.0.2.1', 'Firefox')
  expect(id).toMatch(VISITOR)
  expect(id).toMatch(/^d\./)
  expect(other.visitor('192.0.2.1', 'Firefox')).toBe(id)
  expect(one.visitor('192.0.2.2', 'Firefox')).not.toBe(id)
  expect(one.visitor('192.0.2.1', 'Chrome')).not.toBe(id)
  expect(one.continues(id)).toBe(true)
  expect(one.continues('v-1')).toBe(false)

  now += DAY_MS
  await one.rotate()
  expect(one.visitor('192.0.2.1', 'Firefox')).not.toBe(id)
  await other.rotate()
  expect(other.visitor('192.0.2.1', 'Firefox')).toBe(one.visitor('192.0.2.1', 'Firefox'))
  expect([...values.keys()]).toEqual(['salt/2026-01-02'])
})

test('a page’s own id is a visitor, and never the same', () => {
  expect(pageVisitor()).toMatch(VISITOR)
  expect(pageVisitor()).not.toBe(pageVisitor())
})
test('all who call from one address this day are one group, on this machine nobody is', async () => {
  const { store } = memory()
  let now = Date.UTC(2026, 0, 1)
  const days = await DayIdentity.open(store, { now: () => now })
  const group = days.group('2001:db8:0:1::1')
  expect(group).not.toBeNull()
  expect(group).not.toContain('2001')
  expect(days.group('2001:db8:0:1:ffff::2')).toBe(group)
  expect(days.group('2001:db8:0:2::1')).not.toBe(group)
  expect(group).not.toMatch(VISITOR)
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) expect(days.group(address)).toBeNull()
  now += DAY_MS
  await days.rotate()
  expect(days.group('2001:db8:0:1::1')).not.toBe(group)
})
