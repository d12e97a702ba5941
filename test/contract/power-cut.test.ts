import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FileStore, SegmentLog } from '../../aggregator/src/embedded/index.js'
import { Random } from '../sim/random.js'
import { text, untext } from './event-log.js'
import { contentsOf } from './log-folder.js'
import { Machine } from './power-disk.js'

/** What happens in one life, and how it ends. */
const lives = fc.array(
  fc.record({
    appends: fc.array(fc.record({ sizeBytes: fc.nat(900), isAwaited: fc.boolean() }), { maxLength: 12 }),
    /** Turns of the event loop that what is under way still gets. */
    turns: fc.nat(6),
    end: fc.constantFrom('kill', 'cut', 'close'),
  }),
  { minLength: 1, maxLength: 6 },
)

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('after any kills and power cuts, the log opens and holds all that was acknowledged, in order', async () => {
  await fc.assert(
    fc.asyncProperty(lives, fc.integer(), async (story, seed) => {
      const folder = mkdtempSync(join(tmpdir(), 'pulssi-power-'))
      const random = new Random(seed)
      const machine = new Machine()
      const sent: string[] = []
      let acknowledged = 0
      let before: string[] = []
      const open = (): Promise<SegmentLog> =>
        SegmentLog.open({ folder, partitions: 1, disk: machine.disk, limits: { segmentBytes: 2_000 }, warn: () => {} })
      for (const { appends, turns, end } of story) {
        const log = await open()
        const found = await contentsOf(log)
        expect(found.slice(0, before.length)).toEqual(before)
        expect(found.length).toBeGreaterThanOrEqual(acknowledged)
        for (const value of found.slice(before.length)) expect(sent).toContain(value)
        before = found
        acknowledged = found.length
        sent.length = 0
        for (const { sizeBytes, isAwaited } of appends) {
          const value = `${random.next()} ${'x'.repeat(sizeBytes)}`
          sent.push(value)
          const appending = log.append(0, text(value)).then(sequence => {
            acknowledged = sequence
            before[sequence - 1] = value
          })
          if (isAwaited) await appending
        }
        if (end === 'close') await log.close()
        for (let i = 0; i < turns; i++) await turn()
        if (end === 'kill') await machine.kill()
        if (end === 'cut') await machine.cut(random)
      }
      const log = await open()
      expect((await contentsOf(log)).slice(0, before.length)).toEqual(before)
      await log.close()
      rmSync(folder, { recursive: true })
    }),
    { numRuns: 40 },
  )
})

test('and so does the store', async () => {
  await fc.assert(
    fc.asyncProperty(lives, fc.integer(), async (story, seed) => {
      const folder = mkdtempSync(join(tmpdir(), 'pulssi-power-'))
      const random = new Random(seed)
      const machine = new Machine()
      /** Of each key the value that was said to be stored, and those that were on their way after it. */
      const told = new Map<string, (string | null)[]>()
      const open = (): Promise<FileStore> =>
        FileStore.open({ folder, disk: machine.disk, id: '0123456789abcdef', warn: () => {} })
      for (const { appends, turns, end } of [...story, { appends: [], turns: 0, end: 'close' }]) {
        const store = await open()
        for (const [key, values] of told) {
          const found = await store.get(key)
          const value = found === null ? null : untext(found.value)
          expect(values).toContain(value)
          told.set(key, [value])
        }
        for (const { sizeBytes, isAwaited } of appends) {
          const key = `key ${sizeBytes % 4}`
          const value = random.chance(0.2) ? null : `${random.next()} ${'x'.repeat(sizeBytes)}`
          const values = told.get(key) ?? [null]
          told.set(key, values)
          values.push(value)
          const changing = value === null ? store.delete(key) : store.put(key, text(value), null)
          const heard = Promise.resolve(changing).then(() => values.splice(0, values.indexOf(value)))
          if (isAwaited) await heard
          if (isAwaited && random.chance(0.2)) await store.compact()
        }
        if (end === 'close') await store.close()
        for (let i = 0; i < turns; i++) await turn()
        if (end === 'kill') await machine.kill()
        if (end === 'cut') await machine.cut(random)
      }
      rmSync(folder, { recursive: true })
    }),
    { numRuns: 40 },
  )
})
