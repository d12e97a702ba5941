import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { Hook } from '../../config/index.js'
import { ATTEMPTS_AT_ONCE, RETRY_DELAYS_MS } from '../limits.js'
import { Records } from '../records.js'
import type { Message } from '../stored.js'
import { incidentOf, keptOf, messageOf, NOW } from '../testing/incidents.js'
import { MemoryStore } from '../testing/memory-store.js'
import { PassingTenure } from '../testing/passing-tenure.js'
import { Courier, type Send } from './courier.js'
import type { Outcome } from './outcome.js'

const logger = pino({ level: 'silent' })
const HOOK: Hook = { url: 'http://127.0.0.1:9/', secret: 'x'.repeat(16), format: 'standard', allowInternal: true }
const DELIVERED: Outcome = { type: 'delivered', status: 200 }
const FAILED: Outcome = { type: 'failed', status: 500, reason: 'it answered 500', askedMs: null }
const GONE: Outcome = { type: 'gone', status: 410 }

/** A courier whose time passes when the test says so. */
const setUp = async (send: Send, store = new MemoryStore(), tenure?: PassingTenure) => {
  let now = NOW
  let timer: { at: number; run: () => void } | null = null
  const after = (ms: number, run: () => void) => {
    const mine = { at: now + ms, run }
    timer = mine
    return () => {
      if (timer === mine) timer = null
    }
  }
  const records = await Records.open({ store, logger, tenure })
  const schedule = { delaysMs: RETRY_DELAYS_MS, random: () => 0 }
  const courier = new Courier({ records, clock: { now: () => now }, logger, schedule, tenure, send, after })
  const quiet = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn++) await new Promise(setImmediate)
  }
  const pass = async (): Promise<boolean> => {
    await quiet()
    const due = timer
    if (due === null) return false
    timer = null
    now = Math.max(now, due.at)
    due.run()
    await quiet()
    return true
  }
  const drain = async (): Promise<void> => {
    while (await pass());
  }
  return { courier, records, store, quiet, pass, drain, now: () => now }
}

const put = async (records: Records, id: string, messages: readonly string[]): Promise<void> => {
  await records.put(
    keptOf(
      id,
      messages.map(name => messageOf(name)),
    ),
  )
}

describe('messages of one incident', () => {
  test('arrive in their order, each once, whatever fails in between, and incidents do not wait for each other', async () => {
    const outcome = fc.constantFrom<Outcome>(FAILED, FAILED, DELIVERED)
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(outcome), fc.integer({ min: 1, max: 4 }), async (outcomes, incidents) => {
        const arrived: string[] = []
        const attempts = new Map<string, number>()
        const send: Send = async (_, { id }) => {
          const last = (attempts.get(id) ?? 0) + 1
          attempts.set(id, last)
          // The last of the schedule arrives at any rate, so that none is given up.
          const came = last === RETRY_DELAYS_MS.length ? DELIVERED : (outcomes.next().value as Outcome)
          if (came.type === 'delivered') arrived.push(id)
          return came
        }
        const { courier, records, drain } = await setUp(send)
        for (let n = 0; n < incidents; n++) await put(records, `i${n}`, [`${n}a`, `${n}b`, `${n}c`])
        courier.replace({ ops: HOOK })
        await drain()
        for (let n = 0; n < incidents; n++) {
          expect(arrived.filter(id => id.startsWith(String(n)))).toEqual([`${n}a`, `${n}b`, `${n}c`])
        }
        courier.close()
      }),
      { numRuns: 40 },
    )
  })

  test('wait for the one before, also for one that comes while it is under way', async () => {
    const sent: string[] = []
    let answer = (_: Outcome): void => {}
    const send: Send = (_, { id }) => {
      sent.push(id)
      return new Promise(resolve => {
        answer = resolve
      })
    }
    const { courier, records, quiet } = await setUp(send)
    await put(records, 'i1', ['a'])
    courier.replace({ ops: HOOK })
    const kept = records.get('i1')
    await records.put({ ...keptOf('i1', [...(kept?.outbox ?? []), messageOf('b')]) })
    courier.pump()
    await quiet()
    expect(sent).toEqual(['a'])
    answer(DELIVERED)
    await quiet()
    expect(sent).toEqual(['a', 'b'])
  })
})

describe('a courier', () => {
  test('tries at the times of the schedule, then gives the message up and goes on', async () => {
    const times: number[] = []
    const world = await setUp(async (_, { id }) => {
      if (id === 'b') return DELIVERED
      times.push(world.now() - NOW)
      return FAILED
    })
    await put(world.records, 'i1', ['a', 'b'])
    world.courier.replace({ ops: HOOK })
    await world.drain()
    let sum = 0
    expect(times).toEqual(RETRY_DELAYS_MS.map(delay => (sum += delay)))
    expect(world.courier.desks[0]).toMatchObject({ givenUp: 1, delivered: 1, failed: 10 })
    expect(world.records.get('i1')?.outbox).toEqual([])
  })

  test('goes on where another one ended, under the same id and with the same attempt', async () => {
    const store = new MemoryStore()
    const first = await setUp(async () => FAILED, store)
    await put(first.records, 'i1', ['a'])
    first.courier.replace({ ops: HOOK })
    await first.pass()
    await first.pass()
    first.courier.close()
    const seen: Message[] = []
    const second = await setUp(async (_, message) => {
      seen.push(message)
      return DELIVERED
    }, store)
    second.courier.replace({ ops: HOOK })
    await second.drain()
    expect(seen.map(({ id, attempts }) => [id, attempts])).toEqual([
      ['a', first.records.get('i1')?.outbox[0]?.attempts],
    ])
  })

  test('sends nothing that the store does not have', async () => {
    const sent: string[] = []
    const { courier, records, store, quiet } = await setUp(async (_, { id }) => {
      sent.push(id)
      return DELIVERED
    })
    courier.replace({ ops: HOOK })
    store.isFull = true
    await put(records, 'i1', ['a'])
    courier.pump()
    await quiet()
    expect(sent).toEqual([])
    store.isFull = false
    expect(await records.retry()).toEqual(['i1'])
    courier.pump()
    await quiet()
    expect(sent).toEqual(['a'])
  })

  test('leaves a hook that is gone alone until it is another one', async () => {
    let sent = 0
    const { courier, records, drain } = await setUp(async () => {
      sent++
      return GONE
    })
    await put(records, 'i1', ['a'])
    await put(records, 'i2', ['b'])
    courier.replace({ ops: HOOK })
    await drain()
    const before = sent
    courier.replace({ ops: { ...HOOK } })
    await drain()
    expect([before <= 2, sent, courier.desks[0]?.isOpen]).toEqual([true, before, false])
    courier.replace({ ops: { ...HOOK, url: 'http://127.0.0.1:10/' } })
    await drain()
    expect(sent).toBeGreaterThan(before)
  })

  test('waits as long as the receiver asks', async () => {
    const times: number[] = []
    const asked = { ...FAILED, askedMs: 3_600_000 } as Outcome
    const world = await setUp(async () => {
      times.push(world.now() - NOW)
      return times.length === 1 ? asked : DELIVERED
    })
    await put(world.records, 'i1', ['a'])
    world.courier.replace({ ops: HOOK })
    await world.drain()
    expect(times).toEqual([0, 3_600_000])
  })

  test('has few attempts under way to one hook, and none of them keeps another hook waiting', async () => {
    const sent: string[] = []
    const { courier, records, quiet } = await setUp((_, { id }) => {
      sent.push(id)
      return new Promise(() => {})
    })
    for (let n = 0; n < 20; n++) await put(records, `i${n}`, [`a${n}`])
    await records.put({ incident: incidentOf('j'), hook: 'desk', outbox: [messageOf('z', 'desk')] })
    courier.replace({ ops: HOOK, desk: HOOK })
    await quiet()
    expect(sent.filter(id => id !== 'z')).toHaveLength(ATTEMPTS_AT_ONCE)
    expect(sent).toContain('z')
  })

  test('that ends counts nothing that was under way', async () => {
    let answer = (_: Outcome): void => {}
    const { courier, records, quiet } = await setUp(
      () =>
        new Promise(resolve => {
          answer = resolve
        }),
    )
    await put(records, 'i1', ['a'])
    courier.replace({ ops: HOOK })
    await quiet()
    courier.close()
    answer(FAILED)
    await quiet()
    expect(records.get('i1')?.outbox).toEqual([messageOf('a')])
  })

  test('drops what is for a hook that the configuration no longer has', async () => {
    const { courier, records, quiet } = await setUp(async () => DELIVERED)
    await put(records, 'i1', ['a', 'b'])
    courier.replace({})
    await quiet()
    await quiet()
    expect(records.get('i1')?.outbox).toEqual([])
  })
})

describe('a courier whose tenure is over, though nobody has told it', () => {
  test('sends nothing, neither what is due nor what it went back to', async () => {
    const tenure = new PassingTenure()
    let sent = 0
    const send: Send = async () => {
      sent++
      return FAILED
    }
    const { courier, records, drain, pass } = await setUp(send, new MemoryStore(), tenure)
    await put(records, 'i1', ['a'])
    courier.replace({ ops: HOOK })
    await pass()
    tenure.isHeld = false
    await drain()
    courier.pump()
    await drain()
    expect(sent).toBe(2)
  })

  test('holds back what was on its way to the receiver, and notes nothing of it', async () => {
    const tenure = new PassingTenure()
    let reach = (): void => {}
    const went: boolean[] = []
    const send: Send = (_, __, ___, mayGo) =>
      new Promise(resolve => {
        reach = () => {
          went.push(mayGo())
          resolve(DELIVERED)
        }
      })
    const { courier, records, quiet, store } = await setUp(send, new MemoryStore(), tenure)
    await put(records, 'i1', ['a'])
    courier.replace({ ops: HOOK })
    await quiet()
    tenure.isHeld = false
    reach()
    await quiet()
    expect([went, courier.desks[0]?.delivered]).toEqual([[false], 0])
    expect([...(await Records.open({ store, logger })).all()][0]?.outbox).toEqual([messageOf('a')])
  })
})
