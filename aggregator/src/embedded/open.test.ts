import { mkdtempSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FaultyDisk } from '../../../test/contract/faulty-disk.js'
import { DamagedFolder } from './damage.js'
import { HEADER_BYTES } from './format.js'
import { type Embedded, openEmbedded } from './open.js'

let root = ''
let warnings: string[] = []

const open = (name = 'own'): Promise<Embedded> =>
  openEmbedded(join(root, name), {
    partitions: 2,
    limits: { segmentBytes: 200 },
    warn: sentence => warnings.push(sentence),
  })

const fill = async (name = 'own'): Promise<void> => {
  const parts = await open(name)
  for (const partition of [0, 1]) {
    for (let i = 0; i < 6; i++) await parts.log.append(partition, new Uint8Array(100).fill(i))
  }
  await parts.store.put('a', Uint8Array.of(1), null)
  await parts.close()
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pulssi-open-'))
  warnings = []
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a log that is gone beside its store is a loss, not a new beginning', async () => {
  await fill()
  rmSync(join(root, 'own', 'log'), { recursive: true })
  await expect(open()).rejects.toThrow(/p0 has no segment: all entries of partition 0 are lost/)
  await expect(open()).rejects.toBeInstanceOf(DamagedFolder)
})

test('a partition that is gone beside others is a loss, also without the store', async () => {
  await fill()
  rmSync(join(root, 'own', 'store'), { recursive: true })
  rmSync(join(root, 'own', 'log', 'p1'), { recursive: true })
  await expect(open()).rejects.toThrow(/p1 has no segment: all entries of partition 1 are lost/)
})

test('the store of another data folder is refused', async () => {
  await fill()
  await fill('other')
  rmSync(join(root, 'own', 'store'), { recursive: true })
  renameSync(join(root, 'other', 'store'), join(root, 'own', 'store'))
  await expect(open()).rejects.toThrow(/are of two data folders/)
})

test('a store that is gone is told of; the log goes on', async () => {
  await fill()
  rmSync(join(root, 'own', 'store'), { recursive: true })
  const parts = await open()
  expect(warnings).toEqual([expect.stringMatching(/store holds no values any more.*incidents, history.*lost/)])
  expect(await parts.log.bounds(1)).toEqual({ first: 1, last: 6 })
  await parts.close()
})

test('a store that is gone after a compaction is refused: the log alone no longer says what was counted', async () => {
  await fill()
  const parts = await open()
  const said = await parts.log.rewrite(0, 6, () => new Uint8Array(0))
  expect(said).toBeGreaterThan(0)
  await parts.close()
  await (await open()).close()
  rmSync(join(root, 'own', 'store'), { recursive: true })
  await expect(open()).rejects.toThrow(/a compaction has taken erased visitors out of the log/)
})

test('a start that was killed before anything was stored is no loss', async () => {
  await (await open()).close()
  rmSync(join(root, 'own', 'store'), { recursive: true })
  rmSync(join(root, 'own', 'log', 'p1'), { recursive: true })
  truncateSync(join(root, 'own', 'log', 'p0', '0000000000000001.seg'), HEADER_BYTES)
  await (await open()).close()
  expect(warnings).toEqual([])
})

test('a disk that refuses is named, with what to do, and the folder is free again', async () => {
  writeFileSync(join(root, 'file'), '')
  await expect(open('file/below')).rejects.toThrow(/data folder .*file\/below can't be used: .*make room on its disk/)
  await fill()
  const disk = new FaultyDisk()
  disk.failing.add('open')
  await expect(openEmbedded(join(root, 'own'), { partitions: 2, disk })).rejects.toThrow(/no space left/)
  expect(readdirSync(join(root, 'own'))).toEqual(['log', 'store'])
  await (await open()).close()
})
