import { rmSync } from 'node:fs'
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HEADER_BYTES, RECORD_BYTES } from '../../aggregator/src/embedded/format.js'
import { DamagedLog, SegmentLog } from '../../aggregator/src/embedded/index.js'
import { readSome, text } from './event-log.js'
import { contentsOf, flip, LogFolder } from './log-folder.js'

let at: LogFolder

beforeEach(() => {
  at = new LogFolder()
})
afterEach(() => at.dispose())

/** A log of `a`, `b` and a commit that was written, but of which nobody was told yet. */
const interrupted = async (): Promise<{ before: number; kept: Awaited<ReturnType<LogFolder['files']>> }> => {
  const log = await at.open()
  for (const value of ['a', 'b']) await log.append(0, text(value))
  const before = (await readFile(at.newest)).length
  const mark = await readFile(at.mark)
  await Promise.all([log.append(0, text('in flight 1')), log.append(0, text('in flight 2'))])
  await at.kill()
  await writeFile(at.mark, mark)
  return { before, kept: await at.files() }
}

describe('what a crash leaves', () => {
  test('cut anywhere in a commit that nobody was told of, what was durable before is there and appends go on', async () => {
    const { before, kept } = await interrupted()
    const bytes = await readFile(at.newest)
    const cuts = fc.integer({ min: before, max: bytes.length })
    await fc.assert(
      fc.asyncProperty(cuts, async cut => {
        await at.putBack(kept)
        await truncate(at.newest, cut)
        const reopened = await at.open()
        const found = await contentsOf(reopened)
        expect(['a', 'b', 'in flight 1', 'in flight 2'].slice(0, found.length)).toEqual(found)
        expect(found.length).toBeGreaterThanOrEqual(2)
        expect(await reopened.append(0, text('next'))).toBe(found.length + 1)
        await at.kill()
      }),
      { numRuns: 30 },
    )
  })

  test('pages of such a commit that reached the disk out of order are cut off, not refused', async () => {
    const { before, kept } = await interrupted()
    const bytes = await readFile(at.newest)
    await at.putBack(kept)
    await writeFile(at.newest, bytes.fill(0, before, before + 10))
    const reopened = await at.open()
    expect(await contentsOf(reopened)).toEqual(['a', 'b'])
    expect(await reopened.append(0, text('c'))).toBe(3)
  })

  test('any flip or cut in the last commit is refused once somebody was told of it', async () => {
    const log = await at.open()
    await log.append(0, text('a'))
    const before = (await readFile(at.newest)).length
    await log.append(0, text('acknowledged'))
    const kept = await at.kill()
    const { length } = await readFile(at.newest)
    const places = fc.integer({ min: before, max: length - 1 })
    await fc.assert(
      fc.asyncProperty(places, fc.boolean(), async (place, isCut) => {
        await at.putBack(kept)
        if (isCut) await truncate(at.newest, place)
        else await flip(at.newest, place)
        const damaged = await readFile(at.newest)
        await expect(at.open()).rejects.toThrow(/entry 2 .*partition 0|partition 0: entry 2 .*acknowledged/)
        expect(await readFile(at.newest)).toEqual(damaged)
      }),
      { numRuns: 30 },
    )
  })

  test('a mark that is gone or unreadable is told of, and the log goes on', async () => {
    const log = await at.open()
    await log.append(0, text('a'))
    const kept = await at.kill()
    for (const spoil of [() => rmSync(at.mark), () => writeFile(at.mark, 'nothing')]) {
      await at.putBack(kept)
      await spoil()
      const warnings: string[] = []
      const reopened = await at.open(undefined, sentence => warnings.push(sentence))
      expect(warnings).toEqual([
        expect.stringMatching(/durable is missing or damaged.*cut off at its end can't be told/),
      ])
      expect(await contentsOf(reopened)).toEqual(['a'])
      await at.kill()
    }
  })

  test('a mark torn while it was written leaves the one before it', async () => {
    const log = await at.open()
    for (const value of ['a', 'b', 'c']) await log.append(0, text(value))
    const kept = await at.kill()
    const mark = await readFile(at.mark)
    for (const slot of [0, 512]) {
      await at.putBack(kept)
      await writeFile(at.mark, Buffer.from(mark).fill(0, slot + 20, slot + 48))
      expect(await contentsOf(await at.open())).toEqual(['a', 'b', 'c'])
      await at.kill()
    }
  })

  test('what a killed process left unsynced is synced before it counts as durable', async () => {
    await interrupted()
    at.disk.where = '.seg'
    at.disk.failing.add('sync')
    await expect(at.open()).rejects.toThrow(/no space left/)
    at.disk.failing.clear()
    expect(await contentsOf(await at.open())).toEqual(['a', 'b', 'in flight 1', 'in flight 2'])
  })

  test('a header that was never finished is no segment', async () => {
    const log = await at.open()
    await log.append(0, text('a'))
    await log.close()
    await writeFile(join(at.folder, 'p0', '0000000000000002.seg.new'), 'PULSS')
    expect(await contentsOf(await at.open())).toEqual(['a'])
  })
})

describe('damage', () => {
  test('any byte flipped before the last commit is refused at opening, with what is lost', async () => {
    const log = await at.open()
    for (const value of ['first', 'second', 'third', 'fourth']) await log.append(0, text(value))
    await at.kill()
    const bytes = await readFile(at.newest)
    const lastCommit = bytes.lastIndexOf('fourth') - 24
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: lastCommit - 1 }), async place => {
        await writeFile(at.newest, bytes)
        await flip(at.newest, place)
        await expect(at.open()).rejects.toBeInstanceOf(DamagedLog)
      }),
      { numRuns: 40 },
    )
    await writeFile(at.newest, bytes)
    await flip(at.newest, bytes.indexOf('second'))
    await expect(at.open()).rejects.toThrow(
      /damaged at byte \d+: entry 2 of partition 0.*Restore the file from a backup/,
    )
  })

  test('after a close in good order even the last entry is refused rather than cut off', async () => {
    const log = await at.open()
    await log.append(0, text('only'))
    await log.close()
    await flip(at.newest, (await readFile(at.newest)).indexOf('only'))
    await expect(at.open()).rejects.toThrow(/entry 1 of partition 0/)
  })

  test('in an older segment it is found by whoever reads it; what lies behind it can still be read', async () => {
    const log = await at.open(256)
    for (let i = 1; i <= 12; i++) await log.append(0, text(`entry ${i} ${'x'.repeat(100)}`))
    await log.close()
    const [, second] = at.segments
    await flip(second ?? '', 60)
    const reopened = await at.open(256)
    await expect(readSome(reopened, 0, 1, 12)).rejects.toThrow(/entry 3 of partition 0/)
    expect(await readSome(reopened, 0, 5, 8)).toHaveLength(8)
  })

  test('what stands behind the last entry of an older segment is no loss', async () => {
    const log = await at.open(256)
    for (let i = 1; i <= 12; i++) await log.append(0, text(`entry ${i} ${'x'.repeat(100)}`))
    await log.close()
    const [, second = ''] = at.segments
    await writeFile(second, Buffer.concat([await readFile(second), Buffer.from('and so on, and so on, and so on')]))
    expect(await readSome(await at.open(256), 0, 1, 12)).toHaveLength(12)
  })

  test('a segment that is gone from the middle is found', async () => {
    const log = await at.open(256)
    for (let i = 1; i <= 12; i++) await log.append(0, text(`entry ${i} ${'x'.repeat(100)}`))
    await log.close()
    rmSync(at.segments[1] ?? '')
    await expect(readSome(await at.open(256), 0, 1, 12)).rejects.toThrow(/entries 3 to 4 of partition 0/)
  })

  test('the newest segment gone, or an old copy of it, is refused', async () => {
    const log = await at.open(256)
    for (let i = 1; i <= 11; i++) await log.append(0, text(`entry ${i} ${'x'.repeat(100)}`))
    const old = await readFile(at.newest)
    await log.append(0, text('acknowledged'))
    const kept = await at.kill()
    await writeFile(at.newest, old)
    await expect(at.open(256)).rejects.toThrow(/ends at entry 11 of partition 0: entry 12 is missing, although ackn/)
    await at.putBack(kept)
    rmSync(at.newest)
    await expect(at.open(256)).rejects.toThrow(/ends at entry 10 of partition 0: entries 11 to 12 are missing/)
    rmSync(join(at.folder, 'p0'), { recursive: true })
    await mkdir(join(at.folder, 'p0'))
    await writeFile(at.mark, kept.at(-1)?.[1] ?? '')
    await expect(
      SegmentLog.open({ folder: at.folder, partitions: 1, id: kept[0]?.[1].toString('hex', 24, 32) ?? null }),
    ).rejects.toThrow(/all entries of partition 0/)
  })

  test('records that changed places are found, in the newest segment and in an older one', async () => {
    const log = await at.open(256)
    for (let i = 1; i <= 4; i++) await log.append(0, text(`entry ${i} ${'x'.repeat(120)}`))
    const kept = await at.kill()
    expect(at.segments).toHaveLength(2)
    for (const path of at.segments) {
      await at.putBack(kept)
      const bytes = await readFile(path)
      const first = bytes.indexOf('entry') - RECORD_BYTES
      const second = bytes.lastIndexOf('entry') - RECORD_BYTES
      const [one, other] = [bytes.subarray(first, second), bytes.subarray(second)]
      await writeFile(path, Buffer.concat([bytes.subarray(0, first), other, one]))
      await expect(at.open(256).then(again => readSome(again, 0, 1, 4))).rejects.toBeInstanceOf(DamagedLog)
    }
  })

  test('a segment under another name, of another partition or of another log is refused', async () => {
    const make = async (where: string): Promise<string[]> => {
      const log = await SegmentLog.open({
        folder: join(at.folder, where),
        partitions: 2,
        limits: { segmentBytes: 256 },
      })
      for (const partition of [0, 1]) {
        for (let i = 1; i <= 5; i++) await log.append(partition, text(`entry ${i} ${'x'.repeat(100)}`))
      }
      await log.close()
      return [0, 1].map(partition => join(at.folder, where, `p${partition}`, '0000000000000003.seg'))
    }
    const [own = '', ofPartition1 = ''] = await make('own')
    const [foreign = ''] = await make('foreign')
    const whole = await readFile(own)
    const reopen = (): Promise<SegmentLog> => SegmentLog.open({ folder: join(at.folder, 'own'), partitions: 2 })
    for (const [path, says] of [
      [foreign, /03\.seg belongs to another log/],
      [ofPartition1, /holds what belongs into partition 1 from entry 3/],
      [own.replace('3.seg', '5.seg'), /holds what belongs into partition 0 from entry 5/],
    ] as const) {
      await writeFile(own, await readFile(path))
      await expect(reopen()).rejects.toThrow(says)
    }
    await writeFile(own, whole)
    await writeFile(own.replace('3.seg', '9.seg'), whole)
    await expect(reopen()).rejects.toThrow(/09\.seg holds what belongs into partition 0 from entry 3/)
  })

  test('another number of partitions and another version are refused', async () => {
    await (await at.open()).close()
    await expect(SegmentLog.open({ folder: at.folder, partitions: 2 })).rejects.toThrow(
      /1 partitions.*says 2.*server\.partitions/,
    )
    const wider = await SegmentLog.open({ folder: join(at.folder, 'wide'), partitions: 2 })
    await wider.close()
    await expect(SegmentLog.open({ folder: join(at.folder, 'wide'), partitions: 1 })).rejects.toThrow(/more than 1/)
    const bytes = await readFile(at.newest)
    bytes.writeUInt16LE(99, 8)
    bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4)
    await writeFile(at.newest, bytes)
    await expect(at.open()).rejects.toThrow(/format version 99/)
  })
})
