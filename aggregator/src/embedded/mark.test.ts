import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nodeDisk } from './disk.js'
import { Mark, type MarkOwner } from './mark.js'

const OWNER: MarkOwner = { id: '0123456789abcdef', partition: 3 }

let folder = ''
const path = (): string => join(folder, 'mark')

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-mark-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = async (owner: MarkOwner = OWNER): Promise<number | null> => {
  const { mark, sequence } = await Mark.open(nodeDisk, path(), owner)
  await mark.close()
  return sequence
}

test('says what was written last, through any openings; one that goes back counts too', async () => {
  const lives = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(lives, async sequences => {
      rmSync(path(), { force: true })
      for (const life of sequences) {
        const { mark } = await Mark.open(nodeDisk, path(), OWNER)
        for (const sequence of life) mark.write(sequence)
        await mark.close()
      }
      expect(await read()).toBe(sequences.flat().at(-1) ?? null)
    }),
  )
})

test('any one byte wrong leaves the last or the one before it, never anything else', async () => {
  rmSync(path(), { force: true })
  const { mark } = await Mark.open(nodeDisk, path(), OWNER)
  for (const sequence of [7, 8]) mark.write(sequence)
  await mark.close()
  const bytes = readFileSync(path())
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ change
      writeFileSync(path(), damaged)
      expect([7, 8]).toContain(await read())
    }),
  )
  writeFileSync(path(), bytes)
})

test('that of another partition or of another log says nothing', async () => {
  expect(await read()).toBe(8)
  expect(await read({ ...OWNER, partition: 2 })).toBeNull()
  expect(await read({ ...OWNER, id: 'fedcba9876543210' })).toBeNull()
})
