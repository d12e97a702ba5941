import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type Disk, type DiskFile, nodeDisk, SegmentLog } from './index.js'

const LIMITS = { segmentBytes: 600 }

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-compact-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const open = (folder: string, disk: Disk = nodeDisk): Promise<SegmentLog> =>
  SegmentLog.open({ folder, partitions: 1, limits: LIMITS, disk })

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

const readAll = async (log: SegmentLog): Promise<string[]> => {
  const { first, last } = await log.bounds(0)
  const texts: string[] = []
  const stop = new AbortController()
  if (last < first) return texts
  for await (const entries of log.read(0, first, stop.signal)) {
    for (const { sequence, bytes } of entries) {
      expect(sequence).toBe(first + texts.length)
      texts.push(textOf(bytes))
    }
    if (texts.length === last - first + 1) break
  }
  return texts
}

const appendAll = async (log: SegmentLog, texts: readonly string[]): Promise<void> => {
  await Promise.all(texts.map(text => log.append(0, Buffer.from(text))))
}

/** Takes out what says "secret", as an erasure does. */
const withoutSecrets = (bytes: Uint8Array): Uint8Array =>
  textOf(bytes).startsWith('secret') ? new Uint8Array() : bytes
const changed = (text: string): string => (text.startsWith('secret') ? '' : text)

const texts = fc.array(
  fc.tuple(fc.constantFrom('secret', 'plain'), fc.nat(200)).map(([word, size]) => word + '.'.repeat(size)),
  { minLength: 1, maxLength: 40 },
)

test('what is rewritten keeps every sequence, and nothing else changes, before and after it is opened again', async () => {
  await fc.assert(
    fc.asyncProperty(texts, texts, async (before, after) => {
      const folder = temporary()
      const log = await open(folder)
      await appendAll(log, before)
      const through = await log.rotate(0)
      expect(through).toBe(before.length)
      // Appends and a reader go on meanwhile.
      const reading = readAll(log)
      const [replaced] = await Promise.all([log.rewrite(0, through, withoutSecrets), appendAll(log, after)])
      expect(replaced > 0).toBe(before.some(text => text.startsWith('secret')))
      const wanted = [...before.map(changed), '', ...after]
      expect(await readAll(log)).toEqual(wanted)
      for (const [index, text] of (await reading).entries())
        expect([before[index], wanted[index], after[index]]).toContain(text)
      await log.close()
      const again = await open(folder)
      expect(await readAll(again)).toEqual(wanted)
      await again.close()
    }),
    { numRuns: 25 },
  )
})

/** A disk that is gone at its n-th call from `begin` on, and stays so. */
class DyingDisk implements Disk {
  left = Number.POSITIVE_INFINITY
  readonly open: Disk['open'] = async (path, mode) => {
    this.#spend()
    const file = await nodeDisk.open(path, mode)
    return {
      write: (bytes, position) => this.#spent(() => file.write(bytes, position)),
      writeNow: (bytes, position) => {
        this.#spend()
        return file.writeNow(bytes, position)
      },
      read: (into, position) => this.#spent(() => file.read(into, position)),
      sync: () => this.#spent(() => file.sync()),
      truncate: size => this.#spent(() => file.truncate(size)),
      sizeBytes: () => file.sizeBytes(),
      close: () => file.close(),
    }
  }
  readonly list: Disk['list'] = folder => nodeDisk.list(folder)
  readonly makeFolder: Disk['makeFolder'] = folder => nodeDisk.makeFolder(folder)
  readonly rename: Disk['rename'] = (from, to) => this.#spent(() => nodeDisk.rename(from, to))
  readonly remove: Disk['remove'] = path => this.#spent(() => nodeDisk.remove(path))
  readonly syncFolder: Disk['syncFolder'] = folder => this.#spent(() => nodeDisk.syncFolder(folder))

  #spend(): void {
    if (this.left-- <= 0) throw new Error('the disk is gone')
  }

  async #spent<T>(work: () => Promise<T>): Promise<T> {
    this.#spend()
    return await work()
  }
}

test('an end at any moment of it leaves each entry as it was or as it should be, oldest first', async () => {
  const written = Array.from({ length: 12 }, (_, i) => `${i % 3 === 0 ? 'secret' : 'plain'} ${'.'.repeat(100)}${i}`)
  const wanted = [...written.map(changed), '']
  for (let calls = 0, finished = false; !finished; calls++) {
    const folder = temporary()
    const disk = new DyingDisk()
    const log = await open(folder, disk)
    for (const text of written) await log.append(0, Buffer.from(text))
    const through = await log.rotate(0)
    disk.left = calls
    await log.rewrite(0, through, withoutSecrets).then(
      () => {
        finished = true
      },
      (error: Error) => expect(error.message).toBe('the disk is gone'),
    )
    disk.left = Number.POSITIVE_INFINITY
    const left = await readAll(log)
    await log.close()
    const again = await open(folder)
    expect(await readAll(again)).toEqual(left)
    await again.close()
    const firstOld = left.findIndex((text, i) => text !== wanted[i])
    if (firstOld >= 0) expect(left.slice(firstOld)).toEqual([...written, ''].slice(firstOld))
    expect(left.slice(0, Math.max(firstOld, 0))).toEqual(wanted.slice(0, Math.max(firstOld, 0)))
    if (finished) expect(left).toEqual(wanted)
    expect(calls).toBeLessThan(500)
  }
})

/** A disk whose next rename is done, but not yet told, until `release`. */
class SlowDisk implements Disk {
  isSlow = false
  opened = 0
  readonly renamed: Promise<void>
  release: () => void = () => undefined
  #isRenamed: () => void = () => undefined
  readonly #released: Promise<void>
  readonly list: Disk['list'] = folder => nodeDisk.list(folder)
  readonly makeFolder: Disk['makeFolder'] = folder => nodeDisk.makeFolder(folder)
  readonly remove: Disk['remove'] = path => nodeDisk.remove(path)
  readonly syncFolder: Disk['syncFolder'] = folder => nodeDisk.syncFolder(folder)

  constructor() {
    this.renamed = new Promise(resolve => {
      this.#isRenamed = resolve
    })
    this.#released = new Promise(resolve => {
      this.release = resolve
    })
  }

  async open(path: string, mode: 'create' | 'write' | 'read'): Promise<DiskFile> {
    if (++this.opened > READS && this.isSlow) this.release()
    return await nodeDisk.open(path, mode)
  }

  async rename(from: string, to: string): Promise<void> {
    await nodeDisk.rename(from, to)
    if (!this.isSlow) return
    this.#isRenamed()
    await this.#released
  }
}
const READS = 3

test('a reader that comes between the two files of a piece waits for the new one', async () => {
  const [secret, long, plain] = ['secret'.padEnd(700_000, '.'), 'plain'.padEnd(700_000, '.'), 'plain']
  const disk = new SlowDisk()
  const log = await SegmentLog.open({ folder: temporary(), partitions: 1, disk })
  for (const text of [secret, long, long, plain, plain]) await log.append(0, Buffer.from(text))
  const through = await log.rotate(0)
  // So much comes behind it that memory no longer holds it, and the files are read.
  for (let i = 0; i < 8; i++) await log.append(0, Buffer.from(long))
  disk.isSlow = true
  // What comes behind it moves, so that the places of the one file are in the midst of entries of the other.
  const rewriting = log.rewrite(0, through, bytes =>
    textOf(bytes.subarray(0, 6)) === 'secret' ? bytes.subarray(0, 600_000) : bytes,
  )
  await disk.renamed
  disk.opened = 0
  const read: string[] = []
  const stop = new AbortController()
  for await (const entries of log.read(0, 4, stop.signal)) {
    for (const { bytes } of entries) read.push(textOf(bytes))
    if (read.length >= 3) break
  }
  expect(read.slice(0, 3)).toEqual([plain, plain, ''])
  expect(await rewriting).toBe(1)
  await log.close()
})

test('a reader in the middle of a piece that is replaced goes on with the new one', async () => {
  const log = await open(temporary())
  const written = Array.from({ length: 400 }, (_, i) => `${i % 2 === 0 ? 'secret' : 'plain'} ${i}`)
  await appendAll(log, written)
  const through = await log.rotate(0)
  const stop = new AbortController()
  const sequences: number[] = []
  let rewriting: Promise<number> | null = null
  for await (const entries of log.read(0, 1, stop.signal)) {
    for (const { sequence, bytes } of entries) {
      sequences.push(sequence)
      expect([written[sequence - 1] ?? '', '']).toContain(textOf(bytes))
    }
    rewriting ??= log.rewrite(0, through, withoutSecrets)
    if (sequences.length === written.length + 1) break
  }
  await rewriting
  expect(sequences).toEqual(Array.from({ length: written.length + 1 }, (_, i) => i + 1))
  expect((await readAll(log)).filter(text => text.startsWith('secret'))).toEqual([])
  await log.close()
})

test('to end a piece that is empty ends nothing, and a restored log begins where it is told', async () => {
  const folder = temporary()
  const log = await SegmentLog.open({ folder, partitions: 1, firsts: [41] })
  expect(await log.bounds(0)).toEqual({ first: 41, last: 40 })
  expect(await log.rotate(0)).toBe(40)
  expect(await log.append(0, Buffer.from('a'))).toBe(42)
  expect(await log.rotate(0)).toBe(42)
  await log.close()
  const again = await open(folder)
  expect(await again.bounds(0)).toEqual({ first: 41, last: 43 })
  await again.close()
})
