import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CALL_BYTES, CALLS } from '../../aggregator/src/cluster/call-limits.js'
import { CallFailed, Calls, NoAnswer } from '../../aggregator/src/cluster/calls.js'
import { NatsServer } from './nats-server.js'
import { PAIRS, type Pair } from './pair.js'

const logger = pino({ level: 'silent' })
/** Long enough for a machine that has much else to do. */
const SOON_MS = 10_000

let server: NatsServer
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())

describe.each(PAIRS)('calls over %s', (_, open) => {
  let pair: Pair
  let asker: Calls
  let answerer: Calls
  beforeEach(async () => {
    pair = await open(server)
    asker = new Calls({ bus: pair.one, owner: 'host.example-1', logger })
    answerer = new Calls({ bus: pair.two, owner: 'host.example-2', logger })
  })
  afterEach(async () => {
    asker.close()
    answerer.close()
    await pair.close()
  })

  /** Asks until somebody hears it: who has just begun to listen may not be known to the server yet. */
  const heard = async (subject: string, request: unknown): Promise<unknown> => {
    for (const end = performance.now() + SOON_MS; ; ) {
      try {
        return await asker.ask(subject, request, 200)
      } catch (error) {
        if (!(error instanceof NoAnswer) || performance.now() > end) throw error
      }
    }
  }

  test('what is asked comes as it was, and so does the answer', async () => {
    const end = answerer.answer('echo.0', async request => request)
    expect(await heard('echo.0', null)).toBeNull()
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async value => {
        expect(await asker.ask('echo.0', value, SOON_MS)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 50 },
    )
    expect(await asker.ask('echo.0', undefined, SOON_MS)).toBeUndefined()
    end()
  })

  test('answers go to their own questions, in whatever order they come', async () => {
    const waiting: (() => void)[] = []
    answerer.answer('late', request => {
      if (request === 'ready') return Promise.resolve('ready')
      return new Promise(resolve => {
        waiting.push(() => resolve(request))
        if (waiting.length === 3) for (const answer of waiting.reverse()) answer()
      })
    })
    await heard('late', 'ready')
    expect(await Promise.all([1, 2, 3].map(value => asker.ask('late', value, SOON_MS)))).toEqual([1, 2, 3])
  })

  test('nobody there, and nobody any more, is no answer', async () => {
    await expect(asker.ask('nobody', 1, 20)).rejects.toThrow(NoAnswer)
    const end = answerer.answer('gone', async () => 'there')
    expect(await heard('gone', 1)).toBe('there')
    end()
    end()
    await expect(asker.ask('gone', 1, 200)).rejects.toThrow(/nobody answered "gone" within 200 ms/)
  })

  test('of several who answer the first counts', async () => {
    const third = new Calls({ bus: pair.two, owner: 'third', logger })
    let isAnswered = (): void => undefined
    const answered = new Promise<void>(resolve => {
      isAnswered = resolve
    })
    answerer.answer('both', async () => {
      await answered
      return 'slow'
    })
    third.answer('both', async () => 'quick')
    expect(await heard('both', 1)).toBe('quick')
    isAnswered()
    // The slow one's answer is of a call that is over.
    expect(await asker.ask('both', 2, SOON_MS)).toMatch(/quick|slow/)
    third.close()
  })

  test('a handler says no with its code, and fails without its stack', async () => {
    answerer.answer('no', async request => {
      if (request === 'why') throw new CallFailed('asleep', 'come back tomorrow')
      if (request === 'odd') throw 'a mere word'
      if (request === 'big') return 1n
      throw new TypeError('something is undefined')
    })
    const failure = (request: string): Promise<unknown> => heard('no', request).catch((error: unknown) => error)
    expect(await failure('why')).toMatchObject({ name: 'CallFailed', code: 'asleep', message: 'come back tomorrow' })
    expect(await failure('')).toMatchObject({ name: 'CallFailed', code: 'failed', message: 'something is undefined' })
    expect(await failure('odd')).toMatchObject({ code: 'failed', message: 'a mere word' })
    expect(await failure('big')).toMatchObject({ code: 'failed', message: expect.stringContaining('BigInt') })
  })

  test('what is too long is refused on either side', async () => {
    answerer.answer('long', async request => 'x'.repeat(request as number))
    expect(await heard('long', 10)).toBe('x'.repeat(10))
    await expect(asker.ask('long', 'x'.repeat(CALL_BYTES), SOON_MS)).rejects.toMatchObject({ code: 'tooLong' })
    await expect(asker.ask('long', CALL_BYTES, SOON_MS)).rejects.toMatchObject({ code: 'tooLong' })
  })

  test('messages of nobody we know are left out', async () => {
    const seen: unknown[] = []
    answerer.answer('odd', async request => {
      seen.push(request)
      return 'fine'
    })
    for (const text of ['', '{', 'null', '7', '[]', '{}', '{"id":1,"from":"x"}', '{"id":"x","from":{}}']) {
      pair.one.publish('call.odd', new TextEncoder().encode(text))
      pair.two.publish('reply.host.example-1', new TextEncoder().encode(text))
    }
    expect(await heard('odd', 1)).toBe('fine')
    expect(new Set(seen)).toEqual(new Set([1]))
  })

  test('at most so many wait; those are told when the process ends', async () => {
    const waiting = Array.from({ length: CALLS }, () =>
      asker.ask('nobody', 1, SOON_MS).catch((error: unknown) => error),
    )
    await expect(asker.ask('nobody', 1, SOON_MS)).rejects.toMatchObject({ code: 'tooMany' })
    asker.close()
    for (const end of await Promise.all(waiting)) expect(end).toBeInstanceOf(NoAnswer)
    await expect(asker.ask('nobody', 1, SOON_MS)).rejects.toThrow(/this process ends/)
  })

  test('at most so many are answered at once', async () => {
    let letGo = (): void => undefined
    const free = new Promise<void>(resolve => {
      letGo = resolve
    })
    let isReady = true
    answerer.answer('busy', async () => (isReady ? null : free))
    await heard('busy', 0)
    isReady = false
    const other = new Calls({ bus: pair.one, owner: 'other', logger })
    const held = Array.from({ length: CALLS }, () => other.ask('busy', 1, SOON_MS))
    await expect(asker.ask('busy', 1, SOON_MS)).rejects.toMatchObject({ code: 'tooMany' })
    letGo()
    await Promise.all(held)
    other.close()
  })
})
