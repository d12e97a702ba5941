import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { type Entry, type EventLog, Overloaded } from '../../aggregator/src/ports.js'

export interface LogOptions {
  readonly partitions: number
  /** Bytes of a partition that may wait to become durable. */
  readonly queueBytes: number
}

/** One log with a place of its own; `reopen` closes it and opens what it left behind. */
export interface LogHarness {
  readonly log: EventLog
  reopen(): Promise<EventLog>
  /** Appends until old pieces can be dropped; small entries only. */
  fill(log: EventLog, partition: number): Promise<void>
  dispose(): Promise<void>
}

const OPTIONS: LogOptions = { partitions: 2, queueBytes: 32 * 1024 * 1024 }
const BIG_BYTES = 1024 * 1024

export const text = (value: string): Uint8Array => new TextEncoder().encode(value)
export const untext = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** The next `count` entries from `from` on; fails if their sequence numbers have gaps. */
export const readSome = async (log: EventLog, partition: number, from: number, count: number): Promise<Entry[]> => {
  const stop = new AbortController()
  const entries: Entry[] = []
  if (count === 0) return entries
  for await (const batch of log.read(partition, from, stop.signal)) {
    entries.push(...batch)
    if (entries.length >= count) break
  }
  stop.abort()
  const first = entries[0]?.sequence ?? 0
  expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => first + index))
  return entries.slice(0, count)
}

/** What every EventLog does. `make` gives a fresh, empty log each time. */
export const eventLogContract = (name: string, make: (options: LogOptions) => Promise<LogHarness>): void => {
  let harness: LogHarness
  afterEach(() => harness.dispose())
  const fresh = async (options: Partial<LogOptions> = {}): Promise<EventLog> => {
    harness = await make({ ...OPTIONS, ...options })
    return harness.log
  }

  describe(`${name}: order`, () => {
    test('sequences count from 1 in the order of the calls, each partition for itself', async () => {
      const log = await fresh()
      const sequences = await Promise.all([0, 0, 1, 0].map((partition, i) => log.append(partition, text(`e${i}`))))
      expect(sequences).toEqual([1, 2, 1, 3])
      expect((await readSome(log, 0, 1, 3)).map(({ bytes }) => untext(bytes))).toEqual(['e0', 'e1', 'e3'])
      expect((await readSome(log, 1, 1, 1)).map(({ bytes }) => untext(bytes))).toEqual(['e2'])
    })

    test('many in flight are read as they were appended', async () => {
      const log = await fresh()
      const sequences = await Promise.all(Array.from({ length: 2_000 }, (_, i) => log.append(1, text(`${i}`))))
      expect(sequences).toEqual(Array.from({ length: 2_000 }, (_, i) => i + 1))
      const entries = await readSome(log, 1, 1, 2_000)
      expect(entries.every(({ bytes }, i) => untext(bytes) === `${i}`)).toBe(true)
    })

    test('whatever the sizes, the same bytes come back from any sequence on, before and after a reopening', async () => {
      const sizes = fc.array(fc.oneof(fc.nat(40), fc.nat(5_000)), { minLength: 1, maxLength: 40 })
      await fc.assert(
        fc.asyncProperty(sizes, fc.nat(39), async (lengths, start) => {
          const log = await fresh()
          try {
            const sent = lengths.map((length, i) => new Uint8Array(length).fill(i))
            await Promise.all(sent.map(bytes => log.append(0, bytes)))
            const from = (start % sent.length) + 1
            const wanted = sent.slice(from - 1)
            const check = async (opened: EventLog): Promise<void> => {
              const entries = await readSome(opened, 0, from, wanted.length)
              expect(entries.map(({ bytes }) => Buffer.from(bytes))).toEqual(wanted.map(bytes => Buffer.from(bytes)))
            }
            await check(log)
            await check(await harness.reopen())
          } finally {
            await harness.dispose()
          }
        }),
        { numRuns: 15 },
      )
    })

    test('an empty entry and one of 1 MiB are entries like any other', async () => {
      const log = await fresh()
      const big = new Uint8Array(BIG_BYTES).map((_, i) => i * 31)
      await Promise.all([log.append(0, new Uint8Array(0)), log.append(0, big), log.append(0, text('after'))])
      const reopened = await harness.reopen()
      const [empty, large, after] = await readSome(reopened, 0, 1, 3)
      expect(empty?.bytes.length).toBe(0)
      expect(Buffer.compare(large?.bytes ?? text(''), big)).toBe(0)
      expect(untext(after?.bytes ?? text(''))).toBe('after')
    })
  })

  describe(`${name}: bounds and reopening`, () => {
    test('an empty log has last = first − 1', async () => {
      const log = await fresh()
      expect(await log.bounds(0)).toEqual({ first: 1, last: 0 })
      expect(await (await harness.reopen()).bounds(0)).toEqual({ first: 1, last: 0 })
    })

    test('what was acknowledged is there after a reopening, and sequences go on', async () => {
      const log = await fresh()
      await Promise.all(['a', 'b', 'c'].map(value => log.append(0, text(value))))
      const reopened = await harness.reopen()
      expect(await reopened.bounds(0)).toEqual({ first: 1, last: 3 })
      expect(await reopened.append(0, text('d'))).toBe(4)
      const again = await harness.reopen()
      expect((await readSome(again, 0, 1, 4)).map(({ bytes }) => untext(bytes)).join('')).toBe('abcd')
      expect(await again.bounds(1)).toEqual({ first: 1, last: 0 })
    })

    test('trim drops whole old pieces, never an entry from the sequence on; older reads begin at the first kept', async () => {
      const log = await fresh()
      await harness.fill(log, 0)
      const before = await log.bounds(0)
      await log.trim(0, before.last)
      const after = await log.bounds(0)
      expect(after.last).toBe(before.last)
      expect(after.first).toBeGreaterThan(before.first)
      expect(after.first).toBeLessThanOrEqual(before.last)
      expect((await readSome(log, 0, 1, 1))[0]?.sequence).toBe(after.first)
      expect(await (await harness.reopen()).bounds(0)).toEqual(after)
    })

    test('trim of what is not old changes nothing', async () => {
      const log = await fresh()
      await log.append(0, text('a'))
      await log.trim(0, 1)
      expect(await log.bounds(0)).toEqual({ first: 1, last: 1 })
    })
  })

  describe(`${name}: following`, () => {
    test('a reader of the whole log goes on with what is appended later, without a gap', async () => {
      const log = await fresh()
      for (let i = 1; i <= 20; i++) await log.append(0, text(`${i}`))
      const reading = readSome(log, 0, 1, 200)
      for (let i = 21; i <= 200; i++) {
        const appended = log.append(0, text(`${i}`))
        if (i % 7 === 0) await appended
      }
      const entries = await reading
      expect(entries.map(({ bytes }) => untext(bytes))).toEqual(Array.from({ length: 200 }, (_, i) => `${i + 1}`))
    })

    test('a reader that waits beyond the end gets the entry when it comes', async () => {
      const log = await fresh()
      const reading = readSome(log, 0, 1, 1)
      await log.append(0, text('first'))
      expect((await reading)[0]?.sequence).toBe(1)
    })

    test('several readers get everything, each for itself', async () => {
      const log = await fresh()
      const readings = [1, 1, 50].map(from => readSome(log, 0, from, 100 - from + 1))
      for (let i = 1; i <= 100; i++) log.append(0, text(`${i}`)).catch(() => undefined)
      const lengths = (await Promise.all(readings)).map(entries => [entries[0]?.sequence, entries.length])
      expect(lengths).toEqual([
        [1, 100],
        [1, 100],
        [50, 51],
      ])
    })

    test('an abort ends a reading that waits, and one that has not begun', async () => {
      const log = await fresh()
      const stop = new AbortController()
      const ended = (async () => {
        for await (const _ of log.read(0, 1, stop.signal)) throw new Error('nothing was appended')
        return 'ended'
      })()
      stop.abort()
      expect(await ended).toBe('ended')
      await log.append(0, text('a'))
      for await (const _ of log.read(0, 1, stop.signal)) throw new Error('it was aborted before')
    })
  })

  describe(`${name}: limits`, () => {
    test('beyond the queue an append is refused with a hint; what was refused is never read, the rest is', async () => {
      const log = await fresh({ queueBytes: 256 * 1024 })
      const appends = Array.from({ length: 64 }, (_, i) => log.append(0, new Uint8Array(16 * 1024).fill(i)))
      const results = await Promise.allSettled(appends)
      const taken = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []))
      const reasons = results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []))
      expect(reasons.length).toBeGreaterThan(0)
      for (const reason of reasons) {
        expect(reason).toBeInstanceOf(Overloaded)
        expect((reason as Overloaded).retryMs).toBeGreaterThan(0)
      }
      const entries = await readSome(log, 0, 1, taken.length)
      expect(entries.map(({ bytes }) => bytes[0])).toEqual(taken)
      expect(await log.bounds(0)).toEqual({ first: 1, last: taken.length })
      expect(await log.append(0, text('again'))).toBe(taken.length + 1)
    })

    test('a closed log takes nothing, and an unknown partition is an error', async () => {
      const log = await fresh()
      expect(() => log.append(2, text('a'))).toThrow(/partition 2/)
      await log.append(0, text('a'))
      await log.close()
      await expect(log.append(0, text('b'))).rejects.toThrow(/closed/)
    })
  })
}
