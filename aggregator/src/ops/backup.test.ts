import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { pack } from 'tar-stream'
import { expect, onTestFinished, test } from 'vitest'
import { type Embedded, openEmbedded } from '../embedded/index.js'
import type { EventLog } from '../ports.js'
import { ArchiveWriter, BadArchive, checkArchive } from './archive.js'
import { backup } from './backup.js'
import { Busy, Gate } from './gate.js'
import { FolderInUse, restore } from './restore.js'

const PARTITIONS = 2

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-backup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const opened = async (folder: string): Promise<Embedded> => {
  const embedded = await openEmbedded(folder, { partitions: PARTITIONS, limits: { segmentBytes: 2_000 } })
  onTestFinished(() => embedded.close().catch(() => undefined))
  return embedded
}

const sourceOf = (embedded: Embedded, gate = new Gate()) => {
  const { log, store } = embedded
  return { log, store, gate, key: [1, 2] as const, now: () => 1e12 }
}

const archiveOf = async (embedded: Embedded, folder: string): Promise<string> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of backup(sourceOf(embedded))) chunks.push(chunk)
  const path = join(folder, 'backup.tar')
  writeFileSync(path, Buffer.concat(chunks))
  return path
}

/** Everything that the ports tell, as text. */
const contentsOf = async ({ log, store }: Embedded): Promise<unknown> => {
  const values: [string, string][] = []
  for (const key of await store.keys('')) {
    values.push([key, Buffer.from((await store.get(key))?.value ?? []).toString('hex')])
  }
  const blobs: [string, string][] = []
  for (const key of await store.blobs('')) {
    const chunks: Uint8Array[] = []
    for await (const chunk of (await store.getBlob(key)) ?? []) chunks.push(chunk)
    blobs.push([key, Buffer.concat(chunks).toString('hex')])
  }
  const logs: [number, string][][] = []
  for (let partition = 0; partition < log.partitions; partition++) {
    const { first, last } = await log.bounds(partition)
    const entries: [number, string][] = []
    const stop = new AbortController()
    for await (const batch of last < first ? [] : log.read(partition, first, stop.signal)) {
      for (const { sequence, bytes } of batch) entries.push([sequence, Buffer.from(bytes).toString('hex')])
      if (entries.length === last - first + 1) break
    }
    logs.push(entries)
  }
  return { values, blobs, logs }
}

const bytes = fc.uint8Array({ maxLength: 400 })
const state = fc.record({
  values: fc.dictionary(fc.constantFrom('a', 'engine/foundation', 'ä/b.c'), bytes),
  blobs: fc.dictionary(fc.constantFrom('image/0/0000000000000007', 'x y', 'ä/%2F'), bytes),
  entries: fc.array(fc.tuple(fc.nat(PARTITIONS - 1), bytes), { maxLength: 60 }),
  trimTo: fc.nat(40),
})

test('what is restored is what was kept, salts apart', async () => {
  await fc.assert(
    fc.asyncProperty(state, async ({ values, blobs, entries, trimTo }) => {
      const folder = temporary()
      const origin = await opened(join(folder, 'origin'))
      for (const [key, value] of Object.entries(values)) await origin.store.put(key, value, null)
      for (const [key, value] of Object.entries(blobs)) await origin.store.putBlob(key, [value])
      for (const [partition, entry] of entries) await origin.log.append(partition, entry)
      await origin.log.trim(0, trimTo)
      const wanted = await contentsOf(origin)
      await origin.store.put('salt/2026-11-22', Buffer.from('the salt of the day'), null)
      const archive = await archiveOf(origin, folder)
      expect(readFileSync(archive).includes('salt')).toBe(false)
      const manifest = await restore(archive, join(folder, 'copy'))
      expect(manifest).toMatchObject({ partitions: PARTITIONS, createdAt: 1e12, format: 1 })
      const copy = await opened(join(folder, 'copy'))
      expect(await contentsOf(copy)).toEqual(wanted)
      expect(readdirSync(folder).sort()).toEqual(['backup.tar', 'copy', 'origin'])
      await Promise.all([origin.close(), copy.close()])
    }),
    { numRuns: 20 },
  )
})

const filled = async (folder: string): Promise<Embedded> => {
  const origin = await opened(folder)
  await origin.store.put('engine/foundation', Buffer.from('{}'), null)
  await origin.store.putBlob('image/0/3', [Buffer.from('an image')])
  for (let i = 0; i < 50; i++) await origin.log.append(i % PARTITIONS, Buffer.from(`entry ${i}`))
  return origin
}

test('an archive that is damaged anywhere, or cut, is refused with what is wrong, or is restored whole', async () => {
  const folder = temporary()
  const origin = await filled(join(folder, 'origin'))
  const wanted = await contentsOf(origin)
  const archive = await archiveOf(origin, folder)
  await origin.close()
  const whole = readFileSync(archive)
  const damaged = join(folder, 'damaged.tar')
  let refused = 0
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, bits, cut) => {
        const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole)
        if (!cut) bytes[at] = (bytes[at] ?? 0) ^ bits
        writeFileSync(damaged, bytes)
        const target = join(folder, 'copy')
        const error = await restore(damaged, target).catch((error: unknown) => error)
        if (error instanceof Error) {
          refused++
          expect(error).toBeInstanceOf(BadArchive)
          expect(error.message).toContain(damaged)
          expect(existsSync(target)).toBe(false)
          return
        }
        const copy = await opened(target)
        expect(await contentsOf(copy)).toEqual(wanted)
        await copy.close()
        rmSync(target, { recursive: true })
      },
    ),
    { numRuns: 150 },
  )
  expect(refused).toBeGreaterThan(50)
  expect(readdirSync(folder).filter(name => name.endsWith('.restoring'))).toEqual([])
})

test('a folder in use is left alone', async () => {
  const folder = temporary()
  const origin = await filled(join(folder, 'origin'))
  const archive = await archiveOf(origin, folder)
  await expect(restore(archive, join(folder, 'origin'))).rejects.toThrow(FolderInUse)
  await expect(restore(archive, archive)).rejects.toThrow(/is a file/)
  expect((await checkArchive(archive)).log).toEqual([
    { first: 1, last: 25 },
    { first: 1, last: 25 },
  ])
})

test('a tar of others is refused, whatever sizes it tells of', async () => {
  const folder = temporary()
  const path = join(folder, 'other.tar')
  const tarOf = async (entries: readonly [string, number][]): Promise<void> => {
    const stream = pack()
    for (const [name, size] of entries) {
      const sink = stream.entry({ name, size })
      if (size < 100) sink.end(Buffer.alloc(size))
      else sink.write(Buffer.alloc(100))
    }
    const chunks: Buffer[] = []
    if (entries.every(([, size]) => size < 100)) stream.finalize()
    else setImmediate(() => stream.push(null))
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    writeFileSync(path, Buffer.concat(chunks))
  }
  const wrong: [[string, number][], RegExp][] = [
    [[['values', 50]], /has no manifest.json/],
    [[['manifest.json', 50]], /its manifest.json is damaged/],
    [[['values', 200 * 1024 * 1024]], /says it has 209715200 bytes/],
  ]
  for (const [entries, says] of wrong) {
    await tarOf(entries)
    await expect(checkArchive(path)).rejects.toThrow(says)
  }
  writeFileSync(path, '')
  await expect(checkArchive(path)).rejects.toThrow(BadArchive)
})

test('a whole archive with a file too many, or another manifest, is refused', async () => {
  const folder = temporary()
  const path = join(folder, 'odd.tar')
  const about = { createdAt: 1, partitions: 1, isCompacted: false, keyFingerprint: 'x', log: [{ first: 1, last: 0 }] }
  const archiveWith = async (name: string, change: (text: string) => string, of = about): Promise<void> => {
    const archive = new ArchiveWriter()
    const writing = archive.add(name, Buffer.from('\n')).then(() => archive.finish(of))
    const chunks: Buffer[] = []
    for await (const chunk of archive.stream) chunks.push(chunk as Buffer)
    await writing
    writeFileSync(path, change(Buffer.concat(chunks).toString('latin1')), 'latin1')
  }
  await archiveWith('values', text => text)
  expect((await checkArchive(path)).partitions).toBe(1)
  const before = readdirSync(folder)
  // Its manifest tells of entries that aren't in it.
  const partly = { ...about, log: [{ first: 1, last: 5 }] }
  await archiveWith('values', text => text, partly)
  await expect(restore(path, join(folder, 'copy'))).rejects.toThrow(/ends at 0, its manifest says 5/)
  expect(readdirSync(folder)).toEqual(before)
  await archiveWith('../../escape', text => text)
  await expect(checkArchive(path)).rejects.toThrow(/"..\/..\/escape" doesn't belong there/)
  await archiveWith('values', text => text.replace('"partitions":1', '"partitions":2'))
  await expect(checkArchive(path)).rejects.toThrow(/manifest.json is damaged/)
})

test('one long operation at a time; a backup that nobody reads on makes room for the next', async () => {
  const origin = await filled(join(temporary(), 'origin'))
  // More than is taken before somebody reads.
  for (let i = 0; i < 12; i++) await origin.log.append(0, new Uint8Array(1024 * 1024))
  const gate = new Gate()
  const first = backup(sourceOf(origin, gate))
  expect((await first.next()).done).toBe(false)
  await expect(backup(sourceOf(origin, gate)).next()).rejects.toThrow(Busy)
  expect(gate.tryEnter('retention')).toBeNull()
  await first.return(undefined)
  const leave = gate.tryEnter('retention')
  expect(leave).not.toBeNull()
  const second = backup(sourceOf(origin, gate))
  const begun = second.next()
  leave?.()
  expect((await begun).done).toBe(false)
  await second.return(undefined)
})

test('a log that fails on the way ends the backup with the reason', async () => {
  const origin = await filled(join(temporary(), 'origin'))
  const source = sourceOf(origin)
  const log: EventLog = {
    partitions: PARTITIONS,
    append: (partition, bytes) => origin.log.append(partition, bytes),
    bounds: partition => origin.log.bounds(partition),
    trim: (partition, sequence) => origin.log.trim(partition, sequence),
    close: () => origin.log.close(),
    read: (partition, from, signal) => {
      if (partition > 0) throw new Error('this disk is done for')
      return origin.log.read(partition, from, signal)
    },
  }
  const reading = async (): Promise<void> => {
    for await (const _ of backup({ ...source, log }));
  }
  await expect(reading()).rejects.toThrow('this disk is done for')
  expect(source.gate.tryEnter('retention')).not.toBeNull()
})
