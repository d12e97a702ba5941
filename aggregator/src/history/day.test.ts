import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileStore } from '../embedded/file-store.js'
import { ByteReader, ByteWriter, type Quarter, Tally } from '../engine/index.js'
import { DamagedBlob } from '../ports.js'
import { storeDay } from './day.js'
import { DayReader, rowsOf } from './format.js'

const KEY = 'history/0/2026-01-05'
const HEAD_BYTES = 25
const FIRST = Date.UTC(2026, 0, 5) / 900_000
const WEIGHTS = { sentiment: 0.5, dropOff: 0.3, friction: 0.2 }
const rest = async (): Promise<void> => {}

let folder = ''
let store: FileStore

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-history-'))
  store = await FileStore.open({ folder })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

/** `n` who entered. */
const countsOf = (n: number): Uint8Array => {
  const tally = new Tally()
  tally.addSpan(Uint16Array.of(0), Int32Array.of(n), 0, 1, [])
  const out = new ByteWriter()
  tally.write(out)
  return out.take()
}

const entered = (counts: Uint8Array): number => {
  const tally = new Tally()
  tally.read(new ByteReader(counts))
  return tally.figures(WEIGHTS).visits.entered
}

const stored = async (): Promise<{ whole: number; rows: Record<string, [quarters: number, entered: number]> }> => {
  const reader = new DayReader(await store.getBlob(KEY))
  const { whole } = await reader.head(0)
  const rows: Record<string, [number, number]> = {}
  const names: string[] = []
  for await (const record of reader.records()) {
    names.push(record.touchpoint)
    for (const { hour, quarters, counts } of rowsOf(record))
      rows[`${record.touchpoint} ${hour}`] = [quarters, entered(counts)]
  }
  expect(names).toEqual([...new Set(names)].sort())
  return { whole, rows }
}

const added = (quarters: readonly Quarter[]): Map<string, Quarter[]> => {
  const names = new Map<string, Quarter[]>()
  for (const one of quarters) names.set(one.touchpoint, [...(names.get(one.touchpoint) ?? []), one])
  return names
}

const quarter = fc.record({ touchpoint: fc.constantFrom('a', 'b', 'b.c', 'z'), of: fc.nat(95) })

describe('a day of the history', () => {
  test('holds each slice once, whatever comes again and in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(quarter, { maxLength: 30 }), { maxLength: 6 }), async times => {
        await store.deleteBlob(KEY)
        await store.delete(KEY)
        const expected = new Map<string, Map<number, number>>()
        for (const time of times) {
          const quarters: Quarter[] = []
          for (const { touchpoint, of } of time) {
            const n = of * 100 + touchpoint.length
            quarters.push({ touchpoint, quarter: FIRST + of, counts: countsOf(n) })
            const name = `${touchpoint} ${Math.floor(of / 4)}`
            expected.set(name, (expected.get(name) ?? new Map<number, number>()).set(of % 4, n))
          }
          expect(await storeDay(store, KEY, added(quarters), rest)).toBe(null)
        }
        const rows = Object.fromEntries(
          [...expected].map(([name, slices]) => {
            const bits = [...slices.keys()].reduce((sum, of) => sum | (1 << of), 0)
            return [name, [bits, [...slices.values()].reduce((sum, n) => sum + n, 0)]]
          }),
        )
        if (times.length > 0) expect(await stored()).toEqual({ whole: 0, rows })
      }),
      { numRuns: 40 },
    )
  })

  test('says from when on it is whole where what was stored is damaged', async () => {
    await storeDay(store, KEY, added([{ touchpoint: 'a', quarter: FIRST + 3, counts: countsOf(7) }]), rest)
    const file = join(folder, 'blobs', readdirSync(join(folder, 'blobs'))[0] as string)
    const bytes = readFileSync(file)
    const at = bytes.length - 12
    bytes[at] = (bytes[at] as number) ^ 1
    writeFileSync(file, bytes)
    const more = [4, 9].map(of => ({ touchpoint: 'a', quarter: FIRST + of, counts: countsOf(of) }))
    expect(await storeDay(store, KEY, added(more), rest)).toBeInstanceOf(DamagedBlob)
    expect(await stored()).toEqual({ whole: FIRST + 4, rows: { 'a 1': [1, 4], 'a 2': [2, 9] } })
    // It stays so when more comes.
    const last = [{ touchpoint: 'b', quarter: FIRST + 20, counts: countsOf(1) }]
    expect(await storeDay(store, KEY, added(last), rest)).toBe(null)
    expect((await stored()).whole).toBe(FIRST + 4)
  })

  test('is not taken from an old copy, nor for one without events where it is gone', async () => {
    const blobs = join(folder, 'blobs')
    await storeDay(store, KEY, added([{ touchpoint: 'a', quarter: FIRST, counts: countsOf(1) }]), rest)
    const file = join(blobs, readdirSync(blobs)[0] as string)
    const old = readFileSync(file)
    await storeDay(store, KEY, added([{ touchpoint: 'a', quarter: FIRST + 1, counts: countsOf(2) }]), rest)
    writeFileSync(file, old)
    const more = [{ touchpoint: 'a', quarter: FIRST + 8, counts: countsOf(3) }]
    expect(String(await storeDay(store, KEY, added(more), rest))).toContain('an old copy')
    expect(await stored()).toEqual({ whole: FIRST + 8, rows: { 'a 2': [1, 3] } })
    await store.deleteBlob(KEY)
    const last = [{ touchpoint: 'a', quarter: FIRST + 9, counts: countsOf(4) }]
    expect(String(await storeDay(store, KEY, added(last), rest))).toContain('is gone')
    expect((await stored()).whole).toBe(FIRST + 9)
  })

  test('is refused, not misread, where its bytes are cut or of another kind', async () => {
    await storeDay(store, KEY, added([{ touchpoint: 'a', quarter: FIRST, counts: countsOf(7) }]), rest)
    const chunks: Uint8Array[] = []
    for await (const chunk of (await store.getBlob(KEY)) ?? []) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const read = async (part: Uint8Array): Promise<number> => {
      const reader = new DayReader(
        (async function* () {
          yield part
        })(),
      )
      await reader.head(0)
      let records = 0
      for await (const _ of reader.records()) records++
      return records
    }
    expect(await read(bytes)).toBe(1)
    for (let length = 0; length < bytes.length; length++) {
      // Without any record it would be a day on which nobody came.
      if (length === HEAD_BYTES) continue
      await expect(read(bytes.subarray(0, length))).rejects.toThrow(DamagedBlob)
    }
    await expect(read(Buffer.concat([Buffer.from('pulssi history 2\n'), bytes.subarray(17)]))).rejects.toThrow('format')
    await expect(read(Buffer.concat([bytes, Buffer.from([255, 255, 255, 255])]))).rejects.toThrow('impossible length')
  })
})
