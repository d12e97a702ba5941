import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inspectFolder } from './inspect.js'
import { type Embedded, openEmbedded } from './open.js'

let folder = ''
let parts: Embedded

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-inspect-'))
  parts = await openEmbedded(folder, { partitions: 2, limits: { segmentBytes: 300 } })
  for (let i = 0; i < 9; i++) await parts.log.append(1, new Uint8Array(100).fill(i))
  await parts.store.putBlob('image', [new Uint8Array(500)])
})
afterEach(async () => {
  await parts.close()
  rmSync(folder, { recursive: true, force: true })
})

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 4
  writeFileSync(path, bytes)
}

test('a whole folder has nothing to tell, and is left as it was, beside whoever runs on it', async () => {
  writeFileSync(join(folder, 'log', 'p1', '0000000000000099.seg.new'), 'being written')
  writeFileSync(join(folder, 'store', 'blobs', 'x.blob.new'), 'being written')
  const before = readdirSync(folder, { recursive: true })
  expect(await inspectFolder(folder, 2)).toEqual([])
  expect(readdirSync(folder, { recursive: true })).toEqual(before)
  expect(await inspectFolder(join(folder, 'not there'), 2)).toEqual([])
})

test('it names the entries of an older segment and the blobs that can’t be read', async () => {
  const segment = join(folder, 'log', 'p1', '0000000000000001.seg')
  flip(segment, 200)
  flip(join(folder, 'store', 'blobs', 'image.blob'), 100)
  expect(await inspectFolder(folder, 2)).toEqual([
    expect.stringMatching(/0001\.seg is damaged at byte 164: entry 2 of partition 1 can't be read/),
    expect.stringMatching(/image\.blob is damaged: its checksum differs\. What it held is in the log/),
  ])
  flip(segment, 3)
  expect((await inspectFolder(folder, 2))[0]).toMatch(/0001\.seg: its first 40 bytes are damaged/)
})
