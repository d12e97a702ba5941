import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../embedded/index.js'
import { IdHash, RecordWriter } from '../engine/index.js'
import { type CompactSource, compact } from './compact.js'
import { Gate } from './gate.js'

const NOW = 1_700_000_000_000
const SEGMENT_BYTES = 2_000

/** Two partitions whose images are as good as stored: what they hold is not looked at here. */
const opened = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-compact-'))
  const { log, store, close } = await openEmbedded(folder, { partitions: 2, limits: { segmentBytes: SEGMENT_BYTES } })
  onTestFinished(async () => {
    await close()
    rmSync(folder, { recursive: true, force: true })
  })
  const source: CompactSource = {
    ...{ log, store, gate: new Gate(), signal: new AbortController().signal },
    storeImages: async () => {},
    rewriteValues: async () => {},
  }
  return source
}

const idOf = (name: string): readonly [number, number] => {
  const { hi, lo } = new IdHash([1, 2]).of(name)
  return [hi, lo]
}
const out = new RecordWriter()
const told = (visitor: string, customer: string): Uint8Array => {
  const told = { op: 'touch' } as const
  out.told(0, { number: 1, at: NOW, visitor: idOf(visitor), person: idOf(customer), told })
  return out.take()
}
const erased = (visitor: string): Uint8Array => {
  out.erase(NOW, idOf(visitor), [1, 2])
  return out.take()
}

/** What a partition's log still says of somebody. */
const mentions = async ({ log }: CompactSource, partition: number, name: string): Promise<number> => {
  const words = Buffer.alloc(8)
  const [hi, lo] = idOf(name)
  words.writeUInt32LE(hi, 0)
  words.writeUInt32LE(lo, 4)
  const { first, last } = await log.bounds(partition)
  let found = 0
  for await (const entries of log.read(partition, first, new AbortController().signal)) {
    found += entries.filter(({ bytes }) => Buffer.from(bytes).includes(words)).length
    if ((entries.at(-1)?.sequence ?? 0) >= last) break
  }
  return found
}

test('an erasure in one log takes out what another was told, before it and after it', async () => {
  const source = await opened()
  const { log } = source
  await log.append(1, told('v.1', 'c-1'))
  await log.append(0, erased('v.1'))
  await log.append(1, told('v.1', 'c-1'))
  await log.append(1, told('v.2', 'c-1'))
  expect(await mentions(source, 1, 'v.1')).toBe(2)
  expect(await compact(source)).toMatchObject({ visitors: 1 })
  expect([await mentions(source, 1, 'v.1'), await mentions(source, 1, 'v.2')]).toEqual([0, 1])
  expect(await compact(source)).toEqual({ visitors: 0, segments: 0 })
})

test('who is erased in every log is one visitor', async () => {
  const source = await opened()
  for (const partition of [0, 1]) await source.log.append(partition, erased('c-1'))
  expect(await compact(source)).toMatchObject({ visitors: 1 })
})

test('one that ends at any rewriting leaves enough for the next to finish', async () => {
  for (let rewritings = 0, isOver = false; !isOver; rewritings++) {
    const source = await opened()
    const { log } = source
    await log.append(1, told('v.1', 'c-1'))
    await log.append(0, told('v.2', 'c-1'))
    await log.append(0, erased('v.1'))
    await log.append(1, erased('v.2'))
    const rewrite = log.rewrite.bind(log)
    let left = rewritings
    log.rewrite = async (...asked) => {
      if (left-- === 0) throw new Error('ended here')
      return rewrite(...asked)
    }
    isOver = await compact(source).then(
      () => true,
      () => false,
    )
    log.rewrite = rewrite
    await compact(source)
    const found = [await mentions(source, 1, 'v.1'), await mentions(source, 0, 'v.2')]
    expect([rewritings, ...found]).toEqual([rewritings, 0, 0])
  }
})
