/** A backup of a folder, restored into a cluster. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Embedded, openEmbedded } from '../../aggregator/src/embedded/index.js'
import { NatsCopy, openNats, ProjectInUse } from '../../aggregator/src/nats/index.js'
import { BadArchive, restore, restoreCluster } from '../../aggregator/src/ops/index.js'
import { archiveOf, contentsOf, text } from './archived.js'
import { NatsServer } from './nats-server.js'

const PARTITIONS = 3

let server: NatsServer
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-copy-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const embeddedAt = async (folder: string): Promise<Embedded> => {
  const embedded = await openEmbedded(folder, { partitions: PARTITIONS, limits: { segmentBytes: 2_000 } })
  onTestFinished(() => embedded.close().catch(() => undefined))
  return embedded
}

const place = (project: string = randomUUID()) => ({ connection: { servers: server.url }, project })

const member = (project: string, partitions = PARTITIONS) => openNats({ ...place(project), partitions })

const bytes = fc.uint8Array({ maxLength: 400 })
const state = fc.record({
  values: fc.dictionary(fc.constantFrom('a', 'engine/foundation', 'ä/b.c'), bytes),
  blobs: fc.dictionary(fc.constantFrom('image/0/0000000000000060', 'image/1/0000000000000060', 'x y', 'ä/%2F'), bytes),
  entries: fc.array(fc.tuple(fc.nat(PARTITIONS - 2), bytes), { maxLength: 60 }),
  trimTo: fc.nat(40),
})

describe('a cluster made from a backup', () => {
  test('has what was kept, entries under their sequences, and goes on behind them', async () => {
    await fc.assert(
      fc.asyncProperty(state, async ({ values, blobs, entries, trimTo }) => {
        const folder = temporary()
        const origin = await embeddedAt(join(folder, 'origin'))
        for (const [key, value] of Object.entries(values)) await origin.store.put(key, value, null)
        for (const [key, value] of Object.entries(blobs)) await origin.store.putBlob(key, [value])
        await origin.store.putBlob('image/0/0000000000000090', [text('newer')])
        for (const [partition, entry] of entries) await origin.log.append(partition, entry)
        await origin.log.trim(0, trimTo)
        const wanted = await contentsOf(origin)
        const newest = (await origin.log.bounds(0)).last
        const project = randomUUID()
        const archive = await archiveOf(origin, join(folder, 'backup.tar'))
        expect(await restoreCluster(archive, place(project))).toMatchObject({ partitions: PARTITIONS })
        const copy = await member(project)
        expect(await contentsOf(copy)).toEqual(wanted)
        expect(await copy.log.append(0, text('more'))).toBe(newest + 1)

        // And back again: what a cluster holds is as good for a folder.
        const again = await archiveOf(copy, join(folder, 'again.tar'))
        await restore(again, join(folder, 'back'))
        expect(await contentsOf(await embeddedAt(join(folder, 'back')))).toEqual(await contentsOf(copy))
        await Promise.all([origin.close(), copy.close()])
      }),
      { numRuns: 8 },
    )
  })

  test('is not made where there is one already', async () => {
    const folder = temporary()
    const origin = await embeddedAt(join(folder, 'origin'))
    await origin.log.append(0, text('old'))
    const archive = await archiveOf(origin, join(folder, 'backup.tar'))
    const project = randomUUID()
    const there = await member(project)
    await there.log.append(0, text('there'))
    await expect(restoreCluster(archive, place(project))).rejects.toThrow(ProjectInUse)
    await expect(restoreCluster(archive, { ...place(project), isAgain: true })).rejects.toThrow(/has streams/)
    expect((await contentsOf(there)).logs[0]).toEqual([
      [0, 'begins behind'],
      [1, Buffer.from('there').toString('hex')],
    ])
    await there.close()
    // What was only prepared is made anew on demand alone.
    const empty = randomUUID()
    await (await member(empty, 1)).close()
    await expect(restoreCluster(archive, place(empty))).rejects.toThrow(/nothing in them.*--again/)
    await restoreCluster(archive, { ...place(empty), isAgain: true })
    // A project whose name begins alike is another one.
    await restoreCluster(archive, place(`${project}-2`))
    await restoreCluster(archive, place(project.slice(0, -1)))
  })

  test('leaves nothing behind where the archive is damaged, or does not fit', async () => {
    const folder = temporary()
    const origin = await embeddedAt(join(folder, 'origin'))
    for (let i = 0; i < 20; i++) await origin.log.append(i % PARTITIONS, text(`entry ${i}`))
    const archive = await archiveOf(origin, join(folder, 'backup.tar'))
    const whole = readFileSync(archive)
    const project = randomUUID()
    writeFileSync(archive, whole.subarray(0, whole.length / 2))
    await expect(restoreCluster(archive, place(project))).rejects.toThrow(BadArchive)
    // An entry that no server takes shows only once much is there already.
    await origin.log.append(2, new Uint8Array(9 * 1024 * 1024))
    const long = await archiveOf(origin, join(folder, 'long.tar'))
    await expect(restoreCluster(long, place(project))).rejects.toThrow(/max_payload/)
    writeFileSync(archive, whole)
    await restoreCluster(archive, place(project))
  })

  test('that was cut off is taken by no member, and begun anew on demand alone', async () => {
    const folder = temporary()
    const origin = await embeddedAt(join(folder, 'origin'))
    await origin.log.append(1, text('entry'))
    const archive = await archiveOf(origin, join(folder, 'backup.tar'))
    const project = randomUUID()
    // As a process leaves it that is killed.
    const cut = await NatsCopy.open({ ...place(project), firsts: [1, 1, 1] })
    await cut.log.append(0, text('half'))
    await cut.close()
    await expect(member(project)).rejects.toThrow(/not all there yet/)
    await expect(restoreCluster(archive, place(project))).rejects.toThrow(/--again/)
    await restoreCluster(archive, { ...place(project), isAgain: true })
    const copy = await member(project)
    expect(await contentsOf(copy)).toEqual(await contentsOf(origin))
    await copy.close()
  })

  test('is taken away again where it is stopped', async () => {
    const folder = temporary()
    const origin = await embeddedAt(join(folder, 'origin'))
    await origin.log.append(1, text('entry'))
    const archive = await archiveOf(origin, join(folder, 'backup.tar'))
    const project = randomUUID()
    const stopped = AbortSignal.abort(new Error('enough'))
    await expect(restoreCluster(archive, place(project), stopped)).rejects.toThrow('enough')
    await restoreCluster(archive, place(project))
  })

  test('takes away what is its own alone where it fails', async () => {
    const project = randomUUID()
    const options = { ...place(project), firsts: [1, 7] }
    const first = await NatsCopy.open(options)
    const second = await NatsCopy.open({ ...options, isAgain: true })
    await first.undo()
    expect(await second.log.append(1, text('kept'))).toBe(7)
    await second.finish()
    await first.close()
    await second.close()
    const there = await member(project, 2)
    expect(await there.log.bounds(1)).toEqual({ first: 7, last: 7 })
    expect(await there.log.bounds(0)).toEqual({ first: 1, last: 0 })
    await there.close()
  })

  test('stops where somebody else writes', async () => {
    const project = randomUUID()
    const [one, two] = [place(project), place(project)]
    const copy = await NatsCopy.open({ ...one, firsts: [5] })
    await copy.log.append(0, text('a'))
    await copy.finish()
    const other = await openNats({ ...two, partitions: 1 })
    await other.log.append(0, text('b'))
    await expect(copy.log.append(0, text('c'))).rejects.toThrow('entry 6 of partition 0 was stored as 7')
    await expect(copy.log.append(0, new Uint8Array(9 * 1024 * 1024))).rejects.toThrow(/max_payload/)
    await other.close()
    await copy.close()
  })
})
