import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileStore } from '../embedded/file-store.js'
import { ByteWriter } from '../engine/index.js'
import type { Store } from '../ports.js'
import { HistoryKeeper } from './keeper.js'
import { WAITING_BYTES } from './limits.js'

const FIRST = Date.UTC(2026, 0, 5) / 900_000
const COUNTS_BYTES = 4_096
const logger = pino({ level: 'silent' })
const newPause = () => async (): Promise<void> => {}

let folder = ''
let files: FileStore
/** Lets what is to be stored through. */
let open: () => void = () => {}
let stored = 0

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-keeper-'))
  files = await FileStore.open({ folder })
  stored = 0
})
afterEach(async () => {
  await files.close()
  rmSync(folder, { recursive: true })
})

/** A store whose disk is slow. */
const slow = (): Store => {
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return Object.create(files, {
    putBlob: {
      value: async (...args: Parameters<Store['putBlob']>) => {
        await opened
        await files.putBlob(...args)
        stored++
      },
    },
    getBlob: { value: files.getBlob.bind(files) },
    get: { value: files.get.bind(files) },
    keys: { value: files.keys.bind(files) },
    put: { value: files.put.bind(files) },
  })
}

/** Slices that nobody will ever read, as many as there is room for and some more. */
const tooMuch = (): Uint8Array => {
  const out = new ByteWriter()
  for (let i = 0; out.length <= WAITING_BYTES; i++) {
    out.text(`t${i % 2_000}`)
    out.u32(FIRST + (Math.floor(i / 2_000) % 96))
    out.u32(COUNTS_BYTES)
    out.raw(new Uint8Array(COUNTS_BYTES))
  }
  return out.take()
}

describe('the keeper of the history', () => {
  test('lets the log wait where too much is not stored yet, until it is', async () => {
    const store = slow()
    const keeper = new HistoryKeeper({ storeOf: () => store, logger, newPause })
    const signal = new AbortController().signal
    await keeper.room(0, signal)
    keeper.take(0, tooMuch(), FIRST + 95)
    let hasRoom = false
    const room = keeper.room(0, signal).then(() => {
      hasRoom = true
    })
    // Of another partition nothing waits.
    await keeper.room(1, signal)
    expect([hasRoom, stored]).toEqual([false, 0])
    open()
    await room
    expect([stored, keeper.waiting(0).length]).toEqual([1, 0])
  })

  test('lets go of who waits for room when the server ends', async () => {
    const failing: Store = Object.create(files, {
      putBlob: {
        value: async () => {
          throw new Error('no space left')
        },
      },
      getBlob: { value: files.getBlob.bind(files) },
      get: { value: files.get.bind(files) },
      keys: { value: files.keys.bind(files) },
    })
    const keeper = new HistoryKeeper({ storeOf: () => failing, logger, newPause })
    keeper.take(0, tooMuch(), FIRST + 95)
    const end = new AbortController()
    const room = keeper.room(0, end.signal)
    end.abort()
    await room
    expect(keeper.waiting(0).length).toBe(1)
  })

  test('forgets what waits of a partition that is left', async () => {
    const keeper = new HistoryKeeper({ storeOf: () => files, logger, newPause })
    keeper.take(0, tooMuch(), FIRST + 1)
    keeper.take(1, tooMuch(), FIRST + 1)
    keeper.drop(0)
    expect([keeper.waiting(0).length, keeper.waiting(1).length]).toEqual([0, 1])
    expect(await keeper.store(0)).toBe(0)
    expect(await keeper.store(1)).toBe(FIRST + 1)
    expect(await files.blobs('history/0/')).toEqual([])
    // What was stored before is known again.
    keeper.drop(1)
    expect(await keeper.store(1)).toBe(FIRST + 1)
  })
})
