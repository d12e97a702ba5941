import { afterEach, expect, test, vi } from 'vitest'
import { whoSpeaks } from './identity.js'

afterEach(() => vi.unstubAllGlobals())
const stub = (globalPrivacyControl: boolean) => {
  const localStorage: Record<string, string> = {}
  vi.stubGlobal('localStorage', localStorage)
  vi.stubGlobal('navigator', { globalPrivacyControl })
  return localStorage
}

test('device: one id, kept on the device', () => {
  const storage = stub(false)
  expect(whoSpeaks('device', undefined, () => 'one')).toEqual([2, 'v.one'])
  expect(whoSpeaks('device', undefined, () => 'two')).toEqual([2, 'v.one'])
  expect(Object.values(storage)).toEqual(['v.one'])
})

test('device under Global Privacy Control: as page, and storage is not touched', () => {
  const storage = stub(true)
  expect(whoSpeaks('device', undefined, () => 'one')).toEqual([1, 'p.one'])
  expect(storage).toEqual({})
})

test('device where storage throws: as page', () => {
  vi.stubGlobal(
    'localStorage',
    new Proxy(
      {},
      {
        get: () => {
          throw Error('denied')
        },
      },
    ),
  )
  expect(whoSpeaks('device', undefined, () => 'one')).toEqual([1, 'p.one'])
})

test('day has no id of its own, host the one given', () => {
  const storage = stub(false)
  expect(whoSpeaks('day', 'x', () => 'one')).toEqual([0, null])
  expect(whoSpeaks('host', undefined, () => 'one')).toEqual([3, null])
  expect(whoSpeaks('host', 'x', () => 'one')).toEqual([3, 'x'])
  expect(whoSpeaks('page', undefined, () => 'one')).toEqual([1, 'p.one'])
  expect(storage).toEqual({})
})
