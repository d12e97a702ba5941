import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DamagedStore, FileStore } from '../../aggregator/src/embedded/index.js'
import { DamagedBlob, Overloaded } from '../../aggregator/src/ports.js'
import { text, untext } from './event-log.js'
import { FaultyDisk } from './faulty-disk.js'
import { flip } from './log-folder.js'

const ID = '0123456789abcdef'

let folder = ''
let disk = new FaultyDisk()
let warnings: string[] = []
const opened: FileStore[] = []

const open = async (id: string = ID): Promise<FileStore> => {
  const store = await FileStore.open({ folder, disk, id, warn: sentence => warnings.push(sentence) })
  opened.push(store)
  return store
}
const close = async (): Promise<void> => {
  await Promise.allSettled(opened.splice(0).map(store => store.close()))
}
const readValue = async (store: FileStore, key: string): Promise<string | null> => {
  const found = await store.get(key)
  return found === null ? null : untext(found.value)
}
const put = (store: FileStore, key: string, value: string): Promise<number | null> => store.put(key, text(value), null)
const blobOf = async (store: FileStore, key: string): Promise<string> => {
  const pieces: Uint8Array[] = []
  for await (const piece of (await store.getBlob(key)) ?? []) pieces.push(piece)
  return untext(Buffer.concat(pieces))
}
const values = (): string => join(folder, 'values')
const mark = (): string => join(folder, 'durable')
const blobFile = (key: string): string => join(folder, 'blobs', `${encodeURIComponent(key)}.blob`)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-store-'))
  disk = new FaultyDisk()
  warnings = []
})
afterEach(async () => {
  disk.failing.clear()
  disk.release()
  await close()
  rmSync(folder, { recursive: true, force: true })
})

describe('values on a disk that refuses', () => {
  test.each(['write', 'sync'] as const)(
    'a failed %s refuses with a hint, changes nothing, and the next goes on',
    async fault => {
      const store = await open()
      const first = await put(store, 'a', 'old')
      disk.failNext(fault)
      await expect(put(store, 'a', 'lost')).rejects.toMatchObject({ name: 'Overloaded', retryMs: expect.any(Number) })
      expect(await readValue(store, 'a')).toBe('old')
      disk.failNext('truncate')
      await expect(put(store, 'a', 'lost')).rejects.toBeInstanceOf(Overloaded)
      expect(await store.put('a', text('new'), first)).toBeGreaterThan(first ?? 0)
      await close()
      expect(await readValue(await open(), 'a')).toBe('new')
    },
  )

  test('while a sync never ends nothing is said to be stored, and reads go on', async () => {
    const store = await open()
    await put(store, 'a', 'old')
    disk.failing.add('hang')
    let settled = false
    const putting = put(store, 'a', 'new').finally(() => {
      settled = true
    })
    for (let i = 0; i < 20; i++) expect(await readValue(store, 'a')).toBe('old')
    expect(settled).toBe(false)
    disk.release()
    await putting
    expect(await readValue(store, 'a')).toBe('new')
  })

  test('a file that can’t be written anew stays as it is; written anew it holds nothing of what is gone', async () => {
    const store = await open()
    await put(store, 'kept', 'here to stay')
    await put(store, 'gone', 'a secret')
    const revision = await put(store, 'gone', 'another secret')
    await store.delete('gone')
    for (const fault of ['open', 'write', 'sync', 'rename'] as const) {
      disk.failNext(fault)
      await expect(store.compact()).rejects.toThrow(/no space left/)
      expect(await readValue(store, 'kept')).toBe('here to stay')
    }
    expect((await readFile(values())).includes('secret')).toBe(true)
    await store.compact()
    const names = readdirSync(folder, { recursive: true }).map(String)
    const all = await Promise.all(names.filter(name => name !== 'blobs').map(name => readFile(join(folder, name))))
    expect(Buffer.concat(all).includes('secret')).toBe(false)
    await close()
    const reopened = await open()
    expect(await readValue(reopened, 'kept')).toBe('here to stay')
    expect(await put(reopened, 'next', 'x')).toBeGreaterThan((revision ?? 0) + 1)
  })
})

describe('values that are damaged', () => {
  const fill = async (): Promise<readonly [Buffer, Buffer]> => {
    const store = await open()
    for (const key of ['a', 'b', 'c']) await put(store, key, `value of ${key}`)
    await store.delete('b')
    await close()
    return [await readFile(values()), await readFile(mark())]
  }

  test('any flip, cut or piece left out is refused at opening, with what is lost', async () => {
    const [bytes, marked] = await fill()
    const places = fc.integer({ min: 0, max: bytes.length - 1 })
    const kinds = fc.constantFrom('flip', 'cut', 'cut out')
    await fc.assert(
      fc.asyncProperty(places, kinds, async (place, kind) => {
        await writeFile(mark(), marked)
        await writeFile(
          values(),
          kind === 'cut out' ? Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 7)]) : bytes,
        )
        if (kind === 'flip') await flip(values(), place)
        if (kind === 'cut') await truncate(values(), place)
        await expect(open()).rejects.toBeInstanceOf(DamagedStore)
      }),
      { numRuns: 60 },
    )
    await writeFile(values(), bytes)
    await flip(values(), bytes.indexOf('value of c'))
    await expect(open()).rejects.toThrow(/values is damaged at byte \d+: the changes from 3 on are lost. Restore it/)
  })

  test('a change that is gone to its last byte is missed', async () => {
    const store = await open()
    await put(store, 'a', 'stays')
    const { length } = await readFile(values())
    await put(store, 'b', 'goes')
    await close()
    await truncate(values(), length)
    await expect(open()).rejects.toThrow(/values ends at change 1: those up to 2 are missing/)
  })

  test('gone altogether it is refused, until its mark is gone too', async () => {
    await fill()
    rmSync(values())
    await expect(open()).rejects.toThrow(/values is missing/)
    rmSync(mark())
    expect(await (await open()).keys('')).toEqual([])
  })

  test('a change that nobody was told of is cut off where it is torn', async () => {
    const store = await open()
    await put(store, 'a', 'told')
    const marked = await readFile(mark())
    const { length } = await readFile(values())
    await put(store, 'a', 'not told')
    await close()
    const bytes = await readFile(values())
    for (let cut = length; cut < bytes.length; cut++) {
      await writeFile(values(), bytes.subarray(0, cut))
      await writeFile(mark(), marked)
      const reopened = await open()
      expect(await readValue(reopened, 'a')).toBe('told')
      await put(reopened, 'b', 'goes on')
      await close()
    }
  })

  test('what a killed process left unsynced is synced before it counts as durable', async () => {
    await fill()
    disk.where = 'values'
    disk.failing.add('sync')
    await expect(open()).rejects.toThrow(/no space left/)
    disk.failing.clear()
    expect(await readValue(await open(), 'c')).toBe('value of c')
  })

  test('an unreadable mark is told of', async () => {
    await fill()
    await writeFile(mark(), 'nothing')
    expect(await readValue(await open(), 'c')).toBe('value of c')
    expect(warnings).toEqual([expect.stringMatching(/durable is missing or damaged/)])
  })

  test('one that is damaged while it is open is not served', async () => {
    const store = await open()
    await put(store, 'a', 'value of a')
    await flip(values(), (await readFile(values())).indexOf('value of a'))
    await expect(store.get('a')).rejects.toBeInstanceOf(DamagedStore)
  })
})

describe('blobs', () => {
  test.each(['open', 'write', 'sync', 'rename'] as const)(
    'a failed %s leaves the old one and nothing half done',
    async fault => {
      const store = await open()
      await store.putBlob('image', [text('old')])
      disk.failNext(fault)
      await expect(store.putBlob('image', [text('new'), text('er')])).rejects.toThrow(/no space left/)
      expect(await blobOf(store, 'image')).toBe('old')
      expect(readdirSync(join(folder, 'blobs'))).toEqual(['image.blob'])
      await store.putBlob('image', [text('new'), text('er')])
      expect(await blobOf(store, 'image')).toBe('newer')
    },
  )

  test('any flip or cut is found by whoever reads it', async () => {
    const store = await open()
    await store.putBlob('image', [text('all of it'), text(' and more')])
    const bytes = await readFile(blobFile('image'))
    const places = fc.integer({ min: 0, max: bytes.length - 1 })
    await fc.assert(
      fc.asyncProperty(places, fc.boolean(), async (place, isCut) => {
        await writeFile(blobFile('image'), isCut ? bytes.subarray(0, place) : bytes)
        if (!isCut) await flip(blobFile('image'), place)
        await expect(blobOf(store, 'image')).rejects.toBeInstanceOf(DamagedBlob)
      }),
      { numRuns: 60 },
    )
  })

  test('one under another’s name, or of another data folder, is none', async () => {
    const store = await open()
    for (const key of ['image/0', 'image/1']) await store.putBlob(key, [text(key)])
    await copyFile(blobFile('image/1'), blobFile('image/0'))
    await expect(blobOf(store, 'image/0')).rejects.toThrow(/or not what its name says/)
    expect(await blobOf(store, 'image/1')).toBe('image/1')
    await close()
    rmSync(values())
    rmSync(mark())
    const other = await open('fedcba9876543210')
    await expect(blobOf(other, 'image/1')).rejects.toThrow(/of another data folder/)
  })
})
