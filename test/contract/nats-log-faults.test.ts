import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { NatsLog, type NatsLogOptions } from '../../aggregator/src/nats/index.js'
import { Overloaded } from '../../aggregator/src/ports.js'
import { readSome, text, untext } from './event-log.js'
import { Line } from './line.js'
import { NatsServer } from './nats-server.js'

/** How long a condition may take on a machine that is busy. */
const PATIENT = { timeout: 30_000 }

let server: NatsServer
let closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  server = await NatsServer.start()
})
afterEach(async () => {
  if (!server.isRunning) await server.start()
  for (const close of closing.reverse()) await close()
  closing = []
})
afterAll(() => server.dispose())

const project = (): string => randomUUID()

const open = async (name: string, options: Partial<NatsLogOptions> & { url?: string } = {}): Promise<NatsLog> => {
  const { url = server.url, ...rest } = options
  const log = await NatsLog.open({ connection: { servers: url }, project: name, partitions: 1, ...rest })
  closing.push(() => log.close())
  return log
}

const openLine = async (): Promise<Line> => {
  const line = await Line.open(server.url)
  closing.push(() => line.close())
  return line
}

/** Resolves once the partition has `count` entries. */
const grown = async (log: NatsLog, count: number): Promise<void> => {
  await readSome(log, 0, 1, count)
}

/** What became of an append within a turn of the event loop; null: nothing yet. */
const answerOf = (append: Promise<number>): Promise<unknown> => {
  const answer = append.catch((error: unknown) => error)
  return Promise.race([answer, new Promise(resolve => setImmediate(resolve, null))])
}

const readTo = async (log: NatsLog, end: string): Promise<string[]> => {
  const values: string[] = []
  for await (const entries of log.read(0, 1, new AbortController().signal)) {
    values.push(...entries.map(({ bytes }) => untext(bytes)))
    if (values.includes(end)) break
  }
  return values
}

const contents = async (log: NatsLog, from = 1): Promise<string[]> => {
  const { last } = await log.bounds(0)
  return (await readSome(log, 0, from, last - from + 1)).map(({ bytes }) => untext(bytes))
}

describe('NatsLog: an answer that got lost', () => {
  test('an entry that was stored is stored once, and its sequence found', async () => {
    const name = project()
    const line = await openLine()
    const [log, direct] = [await open(name, { url: line.url }), await open(name)]
    await log.append(0, text('a'))
    line.losesAnswers = true
    const appended = log.append(0, text('b'))
    await grown(direct, 2)
    await direct.append(0, text('another’s'))
    line.break()
    expect(await appended).toBe(2)
    expect(await log.append(0, text('c'))).toBe(4)
    expect(await contents(direct)).toEqual(['a', 'b', 'another’s', 'c'])
  })

  test('a request that comes late over a broken connection is not stored a second time', async () => {
    const name = project()
    const line = await openLine()
    const [log, direct] = [await open(name, { url: line.url }), await open(name)]
    await log.append(0, text('a'))
    line.holdsRequests = true
    const appended = log.append(0, text('b'))
    await line.holds()
    line.break()
    expect(await appended).toBe(2)
    await line.release()
    expect(await log.append(0, text('c'))).toBe(3)
    expect(await contents(direct)).toEqual(['a', 'b', 'c'])
  })

  test('meanwhile all else is refused with a hint, and nothing of it is read', async () => {
    const name = project()
    const line = await openLine()
    const [log, direct] = [await open(name, { url: line.url, ackMs: 50 }), await open(name)]
    line.losesAnswers = true
    const front = log.append(0, text('front'))
    const behind = log.append(0, text('behind')).catch((error: unknown) => error)
    expect(await behind).toBeInstanceOf(Overloaded)
    let later: unknown = null
    log.append(0, text('later')).catch((error: unknown) => {
      later = error
    })
    await new Promise(setImmediate)
    expect(later).toBeInstanceOf(Overloaded)
    expect((later as Overloaded).retryMs).toBeGreaterThan(0)
    line.break()
    expect(await front).toBe(1)
    expect(await log.append(0, text('again'))).toBe(2)
    expect(await contents(direct)).toEqual(['front', 'again'])
  })

  test('where the log was trimmed before it could be told, the append says so and is no Overloaded', async () => {
    const name = project()
    const line = await openLine()
    const [log, direct] = [await open(name, { url: line.url }), await open(name)]
    line.losesAnswers = true
    const appended = log.append(0, text('lost')).catch((error: unknown) => error)
    await grown(direct, 1)
    await direct.append(0, text('next'))
    await direct.trim(0, 2)
    line.break()
    const error = await appended
    expect(error).not.toBeInstanceOf(Overloaded)
    expect(String(error)).toMatch(/trimmed/)
    expect(await log.append(0, text('after'))).toBe(3)
  })

  test('a server that stands still and goes on has each entry once', async () => {
    const log = await open(project(), { ackMs: 100 })
    await log.append(0, text('a'))
    await server.freeze()
    const appended = log.append(0, text('b'))
    const behind = await log.append(0, text('c')).catch((error: unknown) => error)
    server.thaw()
    expect(behind).toBeInstanceOf(Overloaded)
    expect(await appended).toBe(2)
    expect(await contents(log)).toEqual(['a', 'b'])
  })

  test('a log that is closed at once stores what waits, or says that it doesn’t know', async () => {
    const name = project()
    const line = await openLine()
    const [log, direct] = [await open(name, { url: line.url, ackMs: 50 }), await open(name)]
    const waiting = Promise.all(['a', 'b', 'c'].map(value => direct.append(0, text(value))))
    await direct.close()
    expect(await waiting).toEqual([1, 2, 3])
    line.losesAnswers = true
    const appended = log.append(0, text('d')).catch((error: unknown) => error)
    await log.close()
    expect(String(await appended)).toMatch(/closed before/)
  })

  test('a log that is closed while the server is gone ends, and says what is not known', async () => {
    const line = await openLine()
    const log = await open(project(), { url: line.url, ackMs: 50 })
    line.losesAnswers = true
    const appended = log.append(0, text('a')).catch((error: unknown) => error)
    await log.append(0, text('b')).catch(() => undefined)
    await log.close()
    expect(String(await appended)).toMatch(/closed before/)
  })
})

describe('NatsLog: a server that is killed', () => {
  test('several writers lose nothing and store nothing twice, over restarts', async () => {
    const name = project()
    const logs = [await open(name), await open(name), await open(name)]
    const stored = new Map<string, number>()
    const refused = new Set<string>()
    let isOver = false
    let wake = (): void => undefined
    const write = async (log: NatsLog, writer: number): Promise<void> => {
      for (let i = 0; !isOver; i++) {
        const burst = Array.from({ length: 8 }, (_, k) => `${writer}:${i * 8 + k}`)
        const appends = burst.map(async value => {
          try {
            stored.set(value, await log.append(0, text(value)))
          } catch (error) {
            expect(error).toBeInstanceOf(Overloaded)
            refused.add(value)
          }
        })
        await Promise.all(appends)
        wake()
        // Gives the reconnection a turn while all is refused.
        await new Promise(setImmediate)
      }
    }
    const storedTo = async (count: number): Promise<void> => {
      while (stored.size < count)
        await new Promise<void>(resolve => {
          wake = resolve
        })
    }
    const writing = logs.map(write)
    for (let round = 1; round <= 5; round++) {
      await storedTo(stored.size + 200)
      await server.kill()
      await server.start()
    }
    await storedTo(stored.size + 200)
    isOver = true
    await Promise.all(writing)

    expect(refused.size).toBeGreaterThan(0)
    const [log] = logs as [NatsLog]
    const values = await contents(log)
    expect(new Set(values).size).toBe(values.length)
    expect(values.length).toBe(stored.size)
    for (const [value, sequence] of stored) expect(values[sequence - 1]).toBe(value)
    for (const writer of ['0', '1', '2']) {
      const own = values.filter(value => value.startsWith(`${writer}:`)).map(value => Number(value.split(':')[1]))
      expect(own).toEqual([...own].sort((a, b) => a - b))
    }
  })

  test('while it is gone appends are refused at once; a reader waits and goes on', async () => {
    const log = await open(project(), { partitions: 2 })
    for (let i = 1; i <= 5; i++) await log.append(0, text(`${i}`))
    const reading = readTo(log, '10')
    await grown(log, 5)
    await server.kill()
    // The first may be on its way when the connection breaks: it stays in doubt, and is stored or not.
    await expect.poll(() => answerOf(log.append(0, text('x'))), PATIENT).toBeInstanceOf(Overloaded)
    // Nothing of this partition is in doubt, and nothing is to be.
    expect(await answerOf(log.append(1, text('y')))).toBeInstanceOf(Overloaded)
    await server.start()
    for (let i = 6; i <= 10; ) {
      const appended = await log.append(0, text(`${i}`)).then(
        () => true,
        () => false,
      )
      if (appended) i++
      else await new Promise(setImmediate)
    }
    expect((await reading).filter(value => value !== 'x').map(Number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})

describe('NatsLog: a stream that is full', () => {
  test('refuses with a hint, stores nothing of it, and takes appends again once it was trimmed', async () => {
    const log = await open(project(), { streamBytes: 64 * 1024 })
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => log.append(0, new Uint8Array(16 * 1024).fill(i))),
    )
    const taken = results.filter(({ status }) => status === 'fulfilled').length
    expect(taken).toBeGreaterThan(0)
    for (const result of results.slice(taken)) {
      expect(result.status).toBe('rejected')
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(Overloaded)
    }
    expect(await log.bounds(0)).toEqual({ first: 1, last: taken })
    await log.trim(0, taken + 1)
    expect(await log.bounds(0)).toEqual({ first: taken + 1, last: taken })
    expect(await log.append(0, text('after'))).toBe(taken + 1)
    expect(await contents(log, taken + 1)).toEqual(['after'])
  })
})
