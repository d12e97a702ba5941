import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FileStore } from '../embedded/index.js'
import { ListedShelf } from './shelf.js'

let folder = ''
let store: FileStore

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-shelf-'))
  store = await FileStore.open({ folder })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

async function* chunksOf(...chunks: number[][]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Uint8Array.from(chunk)
}

/** Flips a bit in the middle of the blob's file. */
const damage = (sequence: number): void => {
  const blobs = join(folder, 'blobs')
  const name = readdirSync(blobs).find(file => file.includes(String(sequence)))
  const path = join(blobs, name ?? '')
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 16
  writeFileSync(path, bytes)
}

test('keeps the two newest, whatever the number of digits', async () => {
  const shelf = new ListedShelf(store, 0)
  expect(await shelf.newest()).toEqual({ image: null, damaged: [] })
  expect(await shelf.put(9, chunksOf([1]))).toEqual([9])
  expect(await shelf.put(10, chunksOf([2, 3], [4]))).toEqual([10, 9])
  expect(await shelf.put(111, chunksOf([5]))).toEqual([111, 10])
  expect(await shelf.sequences()).toEqual([111, 10])
  expect(await new ListedShelf(store, 1).sequences()).toEqual([])
  expect(await new ListedShelf(store, 11).sequences()).toEqual([])
  expect((await shelf.newest()).image).toEqual({ sequence: 111, chunks: [Uint8Array.of(5)] })
})

test('where the newest is damaged the one before it takes its place, and the damage is told', async () => {
  const shelf = new ListedShelf(store, 0)
  await shelf.put(100, chunksOf([1, 2, 3]))
  await shelf.put(200, chunksOf([4, 5, 6]))
  damage(200)
  const { image, damaged } = await shelf.newest()
  expect(image).toEqual({ sequence: 100, chunks: [Uint8Array.of(1, 2, 3)] })
  expect(damaged).toEqual([{ sequence: 200, reason: expect.any(String) }])
  damage(100)
  expect(await shelf.newest()).toMatchObject({ image: null, damaged: [{ sequence: 200 }, { sequence: 100 }] })
})

test('an image that breaks off leaves the ones before it as they were', async () => {
  const shelf = new ListedShelf(store, 0)
  await shelf.put(100, chunksOf([1]))
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1)
    throw new Error('the disk is full')
  }
  await expect(shelf.put(200, broken())).rejects.toThrow('the disk is full')
  expect(await shelf.sequences()).toEqual([100])
})
