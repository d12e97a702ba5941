import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileStore } from '../embedded/index.js'
import { Fenced, type Store, soleTenure, type Tenure } from '../ports.js'
import { imageKey } from '../worker/index.js'
import { FencedStore } from './fenced.js'
import { PointedShelf } from './image-shelf.js'
import { PointedStore } from './pointed.js'

const KEY = 'history/3/2026-01-05'
const PARTITION = 3
/** More than the calls that any write makes. */
const CALLS = 14

let folder = ''
let store: FileStore

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-fenced-'))
  store = await FileStore.open({ folder })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const tenure = (epoch: number, isHeld = true): Tenure => ({
  ...soleTenure('partition/3'),
  owner: `w${epoch}`,
  epoch,
  isHeld,
})

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

const textOf = async (blob: AsyncIterable<Uint8Array> | null): Promise<string | null> => {
  if (blob === null) return null
  const chunks: Uint8Array[] = []
  for await (const chunk of blob) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** The store, that before its `at`-th call waits for what happens meanwhile. */
const pausing = (at: number, meanwhile: () => Promise<void>): Store => {
  let calls = 0
  return new Proxy(store, {
    get: (target, name) => {
      const method = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        if (calls++ === at) await meanwhile()
        return await method.apply(target, args)
      }
    },
  })
}

const write = (through: Store, by: Tenure, text: string): Promise<void> =>
  new FencedStore(through, by).putBlob(KEY, bytesOf(text))
const commit = (through: Store, by: Tenure, sequence: number): Promise<number[]> =>
  new PointedShelf(through, PARTITION, by).put(sequence, bytesOf(`image ${sequence}`))

describe('a tenure that was paused and goes on after another one has taken over', () => {
  test('changes no blob, wherever it was paused, even if it believes that it still holds', async () => {
    for (let at = 0; at < CALLS; at++) {
      const [old, fresh] = [tenure(2 * at + 1), tenure(2 * at + 2)]
      await write(store, old, 'before')
      let isPaused = false
      const meanwhile = async (): Promise<void> => {
        isPaused = true
        await write(store, fresh, 'fresh')
      }
      await write(pausing(at, meanwhile), old, 'stale').catch(error => expect(error).toBeInstanceOf(Fenced))
      if (!isPaused) break
      expect(await textOf(await new PointedStore(store).getBlob(KEY))).toBe('fresh')
      await expect(write(store, old, 'stale')).rejects.toThrow(Fenced)
      await write(store, fresh, 'fresh again')
      expect(await textOf(await new PointedStore(store).getBlob(KEY))).toBe('fresh again')
    }
  })

  test('commits no image', async () => {
    for (let at = 0; at < CALLS; at++) {
      const [old, fresh] = [tenure(2 * at + 1), tenure(2 * at + 2)]
      const first = at * 10
      await commit(store, old, first + 1)
      let isPaused = false
      const meanwhile = async (): Promise<void> => {
        isPaused = true
        await commit(store, fresh, first + 3)
      }
      await commit(pausing(at, meanwhile), old, first + 2).catch(error => expect(error).toBeInstanceOf(Fenced))
      if (!isPaused) break
      const { image, damaged } = await new PointedShelf(store, PARTITION, fresh).newest()
      expect(damaged).toEqual([])
      expect(image?.sequence).toBe(first + 3)
      await expect(commit(store, old, first + 4)).rejects.toThrow(Fenced)
    }
  })

  test('writes nothing once it knows', async () => {
    const over = new FencedStore(store, tenure(1, false))
    for (const attempt of [
      over.put('a', new Uint8Array(), null),
      over.delete('a'),
      over.putBlob('a', bytesOf('x')),
      over.deleteBlob('a'),
    ]) {
      await expect(attempt).rejects.toThrow(Fenced)
    }
    expect([await store.keys(''), await store.blobs('')]).toEqual([[], []])
  })
})

describe('the store as readers see it', () => {
  test('has blobs and images by their own keys, and shows no pointers', async () => {
    await store.put('other', new Uint8Array(), null)
    await store.putBlob('plain', bytesOf('plain'))
    await write(store, tenure(1), 'day')
    for (const sequence of [1, 2, 3]) await commit(store, tenure(1), sequence)
    const pointed = new PointedStore(store)
    expect(await pointed.keys('')).toEqual(['other'])
    expect(await pointed.blobs('')).toEqual([KEY, imageKey(PARTITION, 2), imageKey(PARTITION, 3), 'plain'])
    expect(await pointed.blobs('history/3/')).toEqual([KEY])
    expect(await textOf(await pointed.getBlob('plain'))).toBe('plain')
    expect(await textOf(await pointed.getBlob(imageKey(PARTITION, 1)))).toBe(null)
    expect(await textOf(await pointed.getBlob(imageKey(PARTITION, 3)))).toContain('image 3')
  })

  test('begins with what a backup brought, and replaces it', async () => {
    await store.putBlob(KEY, bytesOf('restored'))
    const pointed = new PointedStore(store)
    expect(await textOf(await pointed.getBlob(KEY))).toBe('restored')
    const by = new FencedStore(store, tenure(1))
    for (const text of ['first', 'second', 'third']) {
      await by.putBlob(KEY, bytesOf(text))
      expect(await textOf(await pointed.getBlob(KEY))).toBe(text)
      expect(await pointed.blobs('')).toEqual([KEY])
    }
    // The one before is kept for those who read it.
    expect((await store.blobs('')).length).toBe(2)
    await by.deleteBlob(KEY)
    expect([await pointed.blobs(''), await store.blobs(''), await pointed.getBlob(KEY)]).toEqual([[], [], null])
  })

  test('what a tenure left behind is taken away by a later one', async () => {
    const stopped = pausing(3, () => Promise.reject(new Error('the process ended')))
    await expect(write(stopped, tenure(1), 'lost')).rejects.toThrow('the process ended')
    await write(store, tenure(1), 'kept')
    expect((await store.blobs('')).length).toBeGreaterThanOrEqual(1)
    await write(store, tenure(2), 'next')
    expect((await store.blobs('')).length).toBe(2)
  })
})
