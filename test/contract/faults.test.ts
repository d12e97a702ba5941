import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DamagedLog, SegmentLog } from '../../aggregator/src/embedded/index.js'
import { Overloaded } from '../../aggregator/src/ports.js'
import { readSome, text, untext } from './event-log.js'
import { FaultyDisk } from './faulty-disk.js'

let folder = ''
let disk = new FaultyDisk()
const opened: SegmentLog[] = []

const open = async (segmentBytes = 1024 * 1024): Promise<SegmentLog> => {
  const log = await SegmentLog.open({ folder, partitions: 1, disk, limits: { segmentBytes, queueBytes: 64 * 1024 } })
  opened.push(log)
  return log
}
const contents = async (log: SegmentLog): Promise<string[]> => {
  const { first, last } = await log.bounds(0)
  return (await readSome(log, 0, first, last - first + 1)).map(({ bytes }) => untext(bytes))
}
const segments = (): string[] =>
  readdirSync(join(folder, 'p0'))
    .filter(name => name.endsWith('.seg'))
    .sort()
    .map(name => join(folder, 'p0', name))
const newest = (): string => segments().at(-1) ?? ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-faults-'))
  disk = new FaultyDisk()
})
afterEach(async () => {
  disk.failing.clear()
  disk.release()
  await Promise.allSettled(opened.splice(0).map(log => log.close()))
  rmSync(folder, { recursive: true, force: true })
})

describe('a disk that refuses', () => {
  test.each(['write', 'sync'] as const)('a failed %s refuses with a hint, and the next append goes on', async fault => {
    const log = await open()
    await log.append(0, text('a'))
    disk.failNext(fault)
    const refused = await Promise.allSettled([log.append(0, text('lost 1')), log.append(0, text('lost 2'))])
    for (const result of refused) {
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'Overloaded' } })
      expect((result as PromiseRejectedResult).reason.retryMs).toBeGreaterThan(0)
    }
    expect(await log.append(0, text('b'))).toBe(2)
    expect(await contents(log)).toEqual(['a', 'b'])
    await log.close()
    expect(await contents(await open())).toEqual(['a', 'b'])
  })

  test('while it can’t even be mended everything is refused; then it goes on without a restart', async () => {
    const log = await open()
    await log.append(0, text('a'))
    disk.failing.add('sync').add('truncate')
    for (let i = 0; i < 3; i++) await expect(log.append(0, text('lost'))).rejects.toBeInstanceOf(Overloaded)
    disk.failing.clear()
    disk.failNext('open')
    await expect(log.append(0, text('lost'))).rejects.toThrow(/no space left/)
    expect(await log.append(0, text('b'))).toBe(2)
    expect(await contents(log)).toEqual(['a', 'b'])
  })

  test('a segment that can’t be begun refuses, and is begun by a later append', async () => {
    const log = await open(64)
    await log.append(0, text('x'.repeat(100)))
    disk.failNext('open')
    await expect(log.append(0, text('lost'))).rejects.toBeInstanceOf(Overloaded)
    expect(await log.append(0, text('b'))).toBe(2)
    expect(segments()).toHaveLength(2)
    expect((await contents(log))[1]).toBe('b')
  })

  test('a disk that takes a few bytes at a time gets all of them', async () => {
    disk.writeBytes = 7
    const log = await open()
    await Promise.all(['one', 'two', 'three'].map(value => log.append(0, text(value))))
    await log.close()
    expect(await contents(await open())).toEqual(['one', 'two', 'three'])
  })

  test('a disk that takes nothing refuses', async () => {
    const log = await open()
    disk.writeBytes = 0
    await expect(log.append(0, text('a'))).rejects.toThrow(/took 0 of/)
    disk.writeBytes = 100
    expect(await log.append(0, text('b'))).toBe(1)
  })

  test('while a sync never ends nothing resolves and nothing is read, and the queue stays bounded', async () => {
    const log = await open()
    await log.append(0, text('a'))
    disk.failing.add('hang')
    let settled = 0
    const waiting = Array.from({ length: 21 }, () => log.append(0, new Uint8Array(3_000)).finally(() => settled++))
    const beyond = await Promise.allSettled(Array.from({ length: 20 }, () => log.append(0, new Uint8Array(3_000))))
    expect(beyond.filter(({ status }) => status === 'rejected').length).toBe(20)
    expect(settled).toBe(0)
    expect(await log.bounds(0)).toEqual({ first: 1, last: 1 })
    disk.release()
    expect(await Promise.all(waiting)).toEqual(waiting.map((_, i) => i + 2))
  })
})

/** What a killed process leaves: the files as they are, without the closing mark. */
const kill = async (): Promise<void> => {
  const files = await Promise.all(segments().map(async path => [path, await readFile(path)] as const))
  await Promise.allSettled(opened.splice(0).map(log => log.close()))
  for (const [path, bytes] of files) await writeFile(path, bytes)
}

describe('what a crash leaves', () => {
  test('cut anywhere in the last commit, what was durable before is there and appends go on', async () => {
    const log = await open()
    for (const value of ['a', 'b']) await log.append(0, text(value))
    const before = (await readFile(newest())).length
    await Promise.all([log.append(0, text('in flight 1')), log.append(0, text('in flight 2'))])
    await kill()
    const bytes = await readFile(newest())
    const cuts = fc.integer({ min: before, max: bytes.length })
    await fc.assert(
      fc.asyncProperty(cuts, async cut => {
        await writeFile(newest(), bytes)
        await truncate(newest(), cut)
        const reopened = await open()
        const found = await contents(reopened)
        expect(['a', 'b', 'in flight 1', 'in flight 2'].slice(0, found.length)).toEqual(found)
        expect(found.length).toBeGreaterThanOrEqual(2)
        expect(await reopened.append(0, text('next'))).toBe(found.length + 1)
        await kill()
      }),
      { numRuns: 30 },
    )
  })

  test('pages of the last commit that reached the disk out of order are cut off, not refused', async () => {
    const log = await open()
    await log.append(0, text('a'))
    const before = (await readFile(newest())).length
    await Promise.all(['x', 'y', 'z'].map(value => log.append(0, text(value))))
    await kill()
    const bytes = await readFile(newest())
    await writeFile(newest(), bytes.fill(0, before, before + 10))
    const reopened = await open()
    expect(await contents(reopened)).toEqual(['a'])
    expect(await reopened.append(0, text('b'))).toBe(2)
  })

  test('a header that was never finished is no segment', async () => {
    const log = await open()
    await log.append(0, text('a'))
    await log.close()
    await writeFile(join(folder, 'p0', '0000000000000002.seg.new'), 'PULSS')
    expect(await contents(await open())).toEqual(['a'])
  })
})

const flip = async (path: string, at: number): Promise<void> => {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ 0x10
  await writeFile(path, bytes)
}

describe('damage', () => {
  test('any byte flipped before the last commit is refused at opening, with what is lost', async () => {
    const log = await open()
    for (const value of ['first', 'second', 'third', 'fourth']) await log.append(0, text(value))
    await kill()
    const bytes = await readFile(newest())
    const lastCommit = bytes.lastIndexOf('fourth') - 24
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: lastCommit - 1 }), async at => {
        await writeFile(newest(), bytes)
        await flip(newest(), at)
        await expect(open()).rejects.toBeInstanceOf(DamagedLog)
      }),
      { numRuns: 40 },
    )
    await writeFile(newest(), bytes)
    await flip(newest(), bytes.indexOf('second'))
    await expect(open()).rejects.toThrow(/damaged at byte \d+: entry 2 of partition 0.*Restore the file from a backup/)
  })

  test('after a close in good order even the last entry is refused rather than cut off', async () => {
    const log = await open()
    await log.append(0, text('only'))
    await log.close()
    await flip(newest(), (await readFile(newest())).indexOf('only'))
    await expect(open()).rejects.toThrow(/entry 1 of partition 0/)
  })

  test('in an older segment it is found by whoever reads it; what lies behind it can still be read', async () => {
    const log = await open(256)
    for (let i = 1; i <= 12; i++) await log.append(0, text(`entry ${i} ${'x'.repeat(100)}`))
    await log.close()
    const [, second] = segments()
    await flip(second ?? '', 60)
    const reopened = await open(256)
    await expect(readSome(reopened, 0, 1, 12)).rejects.toThrow(/entry 3 of partition 0/)
    expect(await readSome(reopened, 0, 5, 8)).toHaveLength(8)
  })

  test('a segment that is gone from the middle is found', async () => {
    const log = await open(256)
    for (let i = 1; i <= 12; i++) await log.append(0, text(`entry ${i} ${'x'.repeat(100)}`))
    await log.close()
    rmSync(segments()[1] ?? '')
    await expect(readSome(await open(256), 0, 1, 12)).rejects.toThrow(/entries 3 to 4 of partition 0/)
  })

  test('another number of partitions and another version are refused', async () => {
    await (await open()).close()
    await expect(SegmentLog.open({ folder, partitions: 2 })).rejects.toThrow(/1 partitions.*says 2.*server\.partitions/)
    const wider = await SegmentLog.open({ folder: join(folder, 'wide'), partitions: 2 })
    await wider.close()
    await expect(SegmentLog.open({ folder: join(folder, 'wide'), partitions: 1 })).rejects.toThrow(/more than 1/)
  })
})
