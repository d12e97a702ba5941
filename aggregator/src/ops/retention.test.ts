import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { type Embedded, openEmbedded } from '../embedded/index.js'
import { Gate } from './gate.js'
import { Retention } from './retention.js'

const HOUR = 3_600_000
const START = 1e12
const logger = pino({ level: 'silent' })

const opened = async (): Promise<Embedded> => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-retention-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const embedded = await openEmbedded(folder, { partitions: 1 })
  onTestFinished(() => embedded.close())
  return embedded
}

const retentionOf = ({ log, store }: Embedded, hours: number, gate = new Gate()): Retention =>
  new Retention({ log, store, gate, logger, keepMs: hours * HOUR })

test('entries go once they are too old, and never those that the oldest image needs behind it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 20 * 60 }), fc.integer({ min: 1, max: 20 })), { maxLength: 40 }),
      async (hours, steps) => {
        const embedded = await opened()
        const { log } = embedded
        let retention = retentionOf(embedded, hours)
        let clock = START
        const images: { sequence: number; at: number }[] = []
        const appendedAt: number[] = [0]
        for (const [i, [minutes, entries]] of steps.entries()) {
          clock += minutes * 60_000
          for (let n = 0; n < entries; n++) appendedAt[await log.append(0, Buffer.from('entry'))] = clock
          const { last } = await log.bounds(0)
          images.push({ sequence: last, at: clock })
          const kept = images.slice(-2).map(({ sequence }) => sequence)
          // A restart knows no less than before.
          if (i % 7 === 0) retention = retentionOf(embedded, hours)
          await retention.retain(0, { sequence: last, clock }, kept)
          const { first } = await log.bounds(0)
          expect(first).toBeLessThanOrEqual(Math.min(...kept) + 1)
          for (let sequence = 1; sequence < first; sequence++) {
            expect(appendedAt[sequence] ?? clock).toBeLessThanOrEqual(clock - hours * HOUR)
          }
          for (let sequence = last + 1; sequence <= (await log.bounds(0)).last; sequence++) appendedAt[sequence] = clock
        }
      },
    ),
    { numRuns: 15 },
  )
})

test('a trim that comes late, of whoever had the partition before, takes nothing that later images need', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ entries: fc.integer({ min: 1, max: 9 }), isLate: fc.boolean() }), {
        minLength: 2,
        maxLength: 12,
      }),
      fc.array(fc.nat(12), { maxLength: 12 }),
      async (steps, order) => {
        const embedded = await opened()
        const { log } = embedded
        const committed: number[] = []
        const late: (() => Promise<void>)[] = []
        const checked = async (trim: () => Promise<void>): Promise<void> => {
          await trim()
          expect((await log.bounds(0)).first).toBeLessThanOrEqual(Math.min(...committed.slice(-2)) + 1)
        }
        for (const [i, { entries, isLate }] of steps.entries()) {
          for (let n = 0; n < entries; n++) await log.append(0, Buffer.from('entry'))
          const { last } = await log.bounds(0)
          committed.push(last)
          const kept = committed.slice(-2)
          // Each image is of another owner, to whom all that is in the log is too old.
          const retention = retentionOf(embedded, 0)
          const trim = () => retention.retain(0, { sequence: last, clock: START + i * HOUR }, kept)
          if (isLate) late.push(trim)
          else await checked(trim)
        }
        for (const at of order) await checked(late[at] ?? (async () => {}))
      },
    ),
    { numRuns: 30 },
  )
})

test('a quiet log is trimmed too, hour by hour', async () => {
  const embedded = await opened()
  const { log } = embedded
  const retention = retentionOf(embedded, 72)
  for (let hour = 0; hour < 400; hour++) {
    await log.append(0, Buffer.from('tick'))
    const { last } = await log.bounds(0)
    await retention.retain(0, { sequence: last, clock: START + hour * HOUR }, [last, last - 1])
  }
  const { first, last } = await log.bounds(0)
  expect(last - first).toBeLessThan(4 * 72)
  expect(last - first).toBeGreaterThan(72)
  expect((await embedded.store.keys('retention/')).length).toBe(1)
})

test('an image that is old and still kept holds the log back', async () => {
  const embedded = await opened()
  const { log } = embedded
  const retention = retentionOf(embedded, 1)
  for (let hour = 0; hour < 10; hour++) {
    await log.append(0, Buffer.from('entry'))
    await retention.retain(0, { sequence: (await log.bounds(0)).last, clock: START + hour * HOUR }, [4])
  }
  const { first } = await log.bounds(0)
  expect(first).toBeGreaterThan(1)
  expect(first).toBeLessThanOrEqual(5)
  await retention.retain(0, { sequence: (await log.bounds(0)).last, clock: START + 20 * HOUR }, [])
  expect((await log.bounds(0)).first).toBe(first)
})

test('while something else counts on the log, nothing is trimmed', async () => {
  const embedded = await opened()
  const gate = new Gate()
  const retention = retentionOf(embedded, 1, gate)
  const leave = await gate.enter('backup')
  for (let hour = 0; hour < 10; hour++) {
    const sequence = await embedded.log.append(0, Buffer.from('entry'))
    await retention.retain(0, { sequence, clock: START + hour * HOUR }, [sequence])
  }
  expect(await embedded.log.bounds(0)).toEqual({ first: 1, last: 10 })
  leave()
  await retention.retain(0, { sequence: 10, clock: START + 10 * HOUR }, [10])
  await embedded.log.append(0, Buffer.from('entry'))
  await retention.retain(0, { sequence: 11, clock: START + 12 * HOUR }, [11, 10])
  expect((await embedded.log.bounds(0)).first).toBeGreaterThan(1)
})

test('damaged marks keep the log a while longer', async () => {
  const embedded = await opened()
  await embedded.store.put('retention/0', Buffer.from('[{"sequence":"x"}'), null)
  const sequence = await embedded.log.append(0, Buffer.from('entry'))
  await retentionOf(embedded, 1).retain(0, { sequence, clock: START }, [sequence])
  expect((await embedded.log.bounds(0)).first).toBe(1)
})
