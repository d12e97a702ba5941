import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../aggregator/src/ports.js'
import { text, untext } from './event-log.js'

export interface StoreHarness {
  readonly store: Store
  /** Closes it and opens what it left behind. */
  reopen(): Promise<Store>
  dispose(): Promise<void>
}

const contentOf = async (chunks: AsyncIterable<Uint8Array> | null): Promise<string | null> => {
  if (chunks === null) return null
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return untext(Buffer.concat(parts))
}

/** What every Store does. */
export const storeContract = (name: string, make: () => Promise<StoreHarness>): void => {
  let harness: StoreHarness
  let store: Store
  const setUp = async (): Promise<void> => {
    harness = await make()
    store = harness.store
  }

  describe(`${name}: values`, () => {
    beforeEach(setUp)
    afterEach(() => harness.dispose())

    test('what was put is there, also after a reopening; what was not is null', async () => {
      const revision = await store.put('a', text('1'), null)
      expect(await store.get('b')).toBeNull()
      const found = await (await harness.reopen()).get('a')
      expect(untext(found?.value ?? text(''))).toBe('1')
      expect(found?.revision).toBe(revision)
    })

    test('the revision grows with every change, also past a deletion and a reopening', async () => {
      const revisions = [await store.put('a', text('1'), null), await store.put('a', text('1'), null)]
      await store.delete('a')
      expect(await store.get('a')).toBeNull()
      await store.delete('a')
      const reopened = await harness.reopen()
      revisions.push(await reopened.put('a', text('2'), 0))
      const numbers = revisions.map(Number)
      expect(numbers).toEqual([...new Set(numbers)].sort((x, y) => x - y))
    })

    test('a put against another revision changes nothing and says so', async () => {
      const first = await store.put('a', text('1'), 0)
      expect(first).not.toBeNull()
      expect(await store.put('a', text('2'), 0)).toBeNull()
      expect(await store.put('a', text('2'), (first ?? 0) + 1)).toBeNull()
      expect(untext((await store.get('a'))?.value ?? text(''))).toBe('1')
      expect(await store.put('a', text('3'), first)).not.toBeNull()
    })

    test('of many that race for one revision exactly one wins', async () => {
      const start = await store.put('a', text('start'), null)
      for (const base of [start, 0]) {
        const key = base === 0 ? 'fresh' : 'a'
        const results = await Promise.all(Array.from({ length: 20 }, (_, i) => store.put(key, text(`${i}`), base)))
        const winners = results.flatMap((revision, i) => (revision === null ? [] : [i]))
        expect(winners).toHaveLength(1)
        expect(untext((await store.get(key))?.value ?? text(''))).toBe(`${winners[0]}`)
      }
    })

    test('a counter raised by compare-and-set loses no step', async () => {
      const raise = async (): Promise<void> => {
        for (;;) {
          const now = await store.get('n')
          const next = Number(untext(now?.value ?? text('0'))) + 1
          if ((await store.put('n', text(`${next}`), now?.revision ?? 0)) !== null) return
        }
      }
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let i = 0; i < 5; i++) await raise()
        }),
      )
      expect(untext((await store.get('n'))?.value ?? text(''))).toBe('40')
    })

    test('values of no bytes and of 1 MB come back as they were, and are the reader’s own', async () => {
      const big = new Uint8Array(1_000_000).map((_, i) => i * 7)
      await store.put('empty', new Uint8Array(0), null)
      await store.put('big', big, null)
      expect((await store.get('empty'))?.value.length).toBe(0)
      const found = (await store.get('big'))?.value ?? text('')
      expect(Buffer.compare(found, big)).toBe(0)
      found.fill(0)
      expect(Buffer.compare((await store.get('big'))?.value ?? text(''), big)).toBe(0)
    })

    test('keys are those with the prefix, sorted', async () => {
      for (const key of ['p/b', 'p/a', 'p', 'q/a', 'p/a/1', 'o/z']) await store.put(key, text('x'), null)
      expect(await store.keys('p/')).toEqual(['p/a', 'p/a/1', 'p/b'])
      expect(await store.keys('')).toEqual(['o/z', 'p', 'p/a', 'p/a/1', 'p/b', 'q/a'])
      expect(await store.keys('none')).toEqual([])
    })

    test('for any keys, the listing of any prefix is what a filter gives', async () => {
      const key = fc.stringMatching(/^[a-z0-9./_-]{1,6}$/)
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(key, { maxLength: 12 }),
          fc.stringMatching(/^[a-z.]{0,2}$/),
          async (keys, prefix) => {
            for (const old of await store.keys('')) await store.delete(old)
            await Promise.all(keys.map(each => store.put(each, text(each), null)))
            expect(await store.keys(prefix)).toEqual(keys.filter(each => each.startsWith(prefix)).sort())
          },
        ),
        { numRuns: 10 },
      )
    })
  })

  describe(`${name}: blobs`, () => {
    beforeEach(setUp)
    afterEach(() => harness.dispose())

    test('chunks come back in order, also after a reopening; what was not put is null', async () => {
      await store.putBlob('image/1', [text('one '), text(''), text('two')])
      expect(await store.getBlob('image/2')).toBeNull()
      const reopened = await harness.reopen()
      expect(await contentOf(await reopened.getBlob('image/1'))).toBe('one two')
    })

    test('a blob of many chunks is the same bytes', async () => {
      const chunk = new Uint8Array(300_000).map((_, i) => 97 + (i % 26))
      await store.putBlob(
        'big',
        (async function* () {
          for (let i = 0; i < 12; i++) yield chunk
        })(),
      )
      expect(await contentOf(await store.getBlob('big'))).toBe(untext(chunk).repeat(12))
    })

    test('until all chunks are there a reader sees the old one; a source that fails leaves it', async () => {
      await store.putBlob('a', [text('old')])
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield text('new')
        expect(await contentOf(await store.getBlob('a'))).toBe('old')
        throw new Error('the source broke')
      }
      await expect(store.putBlob('a', broken())).rejects.toThrow('the source broke')
      expect(await contentOf(await store.getBlob('a'))).toBe('old')
      expect(await store.blobs('')).toEqual(['a'])
      await store.putBlob('a', [text('new')])
      expect(await contentOf(await store.getBlob('a'))).toBe('new')
    })

    test('blobs lists by prefix, sorted; delete removes one, and is content with none', async () => {
      for (const key of ['i/2', 'i/1', 'j', '../x', 'i.1']) await store.putBlob(key, [text(key)])
      expect(await store.blobs('i/')).toEqual(['i/1', 'i/2'])
      expect(await store.blobs('')).toEqual(['../x', 'i.1', 'i/1', 'i/2', 'j'])
      await store.deleteBlob('i/1')
      await store.deleteBlob('i/1')
      expect(await store.getBlob('i/1')).toBeNull()
      expect(await contentOf(await store.getBlob('../x'))).toBe('../x')
    })

    test('values and blobs of one name are two things', async () => {
      await store.putBlob('a', [text('blob')])
      await store.put('a', text('value'), null)
      await store.delete('a')
      expect(await contentOf(await store.getBlob('a'))).toBe('blob')
    })
  })
}
