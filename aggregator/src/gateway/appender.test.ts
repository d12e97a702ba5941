import { type BatchFrame, type ErrorFrame, Fault, Frame } from '@pulssi/protocol'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { erasuresIn } from '../engine/index.js'
import { Intake, SERVICE, type Sender } from '../intake/index.js'
import { type Entry, type EventLog, Overloaded } from '../ports.js'
import type { Folded } from '../worker/index.js'
import { Acks } from './acks.js'
import { Appender } from './appender.js'
import type { BatchOwner } from './contribution.js'
import { OVERLOADED_RETRY_MS, STALLED_MS } from './retry.js'
import type { NotNow } from './session.js'

const NOW = Date.UTC(2026, 0, 1)
const LIMITS = { inFlightBytes: 1_000_000, gatheredBytes: 1_000_000, unfoldedBytes: 1_000_000 }

/** A log whose appends the test settles by hand. */
class HandLog implements EventLog {
  readonly partitions: number
  readonly waiting: { partition: number; bytes: Uint8Array; settle: (error?: Error) => void }[] = []
  #sequence = 0
  #look: (() => void) | null = null

  constructor(partitions: number) {
    this.partitions = partitions
  }

  append(partition: number, bytes: Uint8Array): Promise<number> {
    const done = new Promise<number>((resolve, reject) => {
      const settle = (error?: Error): void => (error === undefined ? resolve(++this.#sequence) : reject(error))
      this.waiting.push({ partition, bytes, settle })
    })
    this.#look?.()
    return done
  }

  async next(): Promise<{ partition: number; bytes: Uint8Array; settle: (error?: Error) => void }> {
    for (;;) {
      const first = this.waiting.shift()
      if (first !== undefined) return first
      await new Promise<void>(resolve => {
        this.#look = resolve
      })
    }
  }

  async *read(): AsyncIterable<readonly Entry[]> {}
  async bounds(): Promise<{ first: number; last: number }> {
    return { first: 1, last: this.#sequence }
  }
  async trim(): Promise<void> {}
  async close(): Promise<void> {}
}

class Owner implements BatchOwner {
  readonly acks = new Acks()
  readonly acked: number[] = []
  readonly losses: [number, NotNow][] = []
  readonly told: ErrorFrame[] = []

  due(): void {
    for (const frame of this.acks.take()) {
      if (frame[0] === 65) this.acked.push(frame[1])
      else this.told.push(frame)
    }
  }
  lost(frame: number, why: NotNow): void {
    this.losses.push([frame, why])
    this.acks.forget(frame)
  }
  tell(error: ErrorFrame): void {
    this.told.push(error)
  }
}

const batch = (frame: number, visitor = 'v'): BatchFrame => [
  2,
  frame,
  null,
  ['cart'],
  [[visitor, 's', frame, NOW, [[0, 0, 0]]]],
]

const make = (partitions = 1, limits = LIMITS) => {
  const log = new HandLog(partitions)
  const intake = new Intake([0, 0], partitions, false)
  const logger = pino({ level: 'silent' })
  return { log, appender: new Appender({ log, intake, limits, logger, durable: [] }) }
}

const folded = (first: number, verdicts: number[], refusals: number[] = []): Folded => ({
  type: 'folded',
  partition: 0,
  first,
  count: 1,
  sizeBytes: 0,
  verdicts: Uint32Array.from(verdicts),
  refusals: Uint32Array.from(refusals),
})

const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('what comes while an append is under way goes into one entry, and nothing is acknowledged before it is durable', async () => {
  const { log, appender } = make()
  const owner = new Owner()
  appender.take(batch(1), SERVICE, NOW, owner)
  const first = await log.next()
  appender.take(batch(2), SERVICE, NOW, owner)
  appender.take(batch(3), SERVICE, NOW, owner)
  expect(owner.acked).toEqual([])
  first.settle()
  const second = await log.next()
  expect(owner.acked).toEqual([1])
  expect(second.bytes.length).toBe(2 * first.bytes.length)
  second.settle()
  await settled()
  expect(owner.acked.at(-1)).toBe(3)
  expect(appender.durable).toEqual([2])
})

test('an append that is not taken gives up what was gathered behind it: order within a visitor is kept', async () => {
  const { log, appender } = make()
  const owner = new Owner()
  appender.take(batch(1), SERVICE, NOW, owner)
  const first = await log.next()
  appender.take(batch(2), SERVICE, NOW, owner)
  first.settle(new Overloaded('full', 70))
  await settled()
  expect(owner.losses.map(([frame, why]) => [frame, why.fault, why.retryMs])).toEqual([[1, Fault.overloaded, 70]])
  expect(log.waiting).toEqual([])
  expect(owner.acks.length).toBe(0)
  appender.take(batch(1), SERVICE, NOW, owner)
  ;(await log.next()).settle()
  await settled()
  expect(owner.acked).toEqual([1])
})

test('behind an append that is not answered nothing waits: it is refused with a hint, until the answer is there', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { log, appender } = make(2)
  const owner = new Owner()
  appender.take(batch(1), SERVICE, NOW, owner)
  const first = await log.next()
  appender.take(batch(2), SERVICE, NOW, owner)
  vi.advanceTimersByTime(STALLED_MS - 1)
  expect([appender.capacity(), owner.losses]).toEqual([null, []])
  vi.advanceTimersByTime(1)
  expect(owner.losses.map(([frame, why]) => [frame, why.fault, why.retryMs])).toEqual([
    [2, Fault.overloaded, OVERLOADED_RETRY_MS],
  ])
  expect(appender.capacity()).toMatchObject({ fault: Fault.overloaded, retryMs: OVERLOADED_RETRY_MS })
  first.settle()
  await settled()
  expect(owner.acked).toEqual([1])
  expect([appender.capacity(), log.waiting]).toEqual([null, []])
})

test('an error of another kind is the same to clients', async () => {
  const { log, appender } = make()
  const outcome = appender.request(intake => intake.refuse(1))
  ;(await log.next()).settle(new Error('the disk is gone'))
  expect(await outcome).toMatchObject({ fault: Fault.overloaded })
})

test('a verdict finds its request, also when it comes before the append has said its number', async () => {
  const { log, appender } = make()
  const outcome = appender.request(intake => {
    const place = { touchpoint: 'cart', channel: null, cuts: [] }
    intake.add({ visitor: 'v', stream: 's', seq: 0, at: NOW, place, event: [0, 0, 0] }, SERVICE, NOW, null, 0)
  })
  const entry = await log.next()
  appender.folded(folded(1, [0, 0, 1, 0, 0]))
  entry.settle()
  expect(await outcome).toEqual({ folded: { accepted: 1, duplicates: 0, tooLate: 0 }, refused: [] })
})

test('what the engine refuses of a batch is told to its connection after the ack', async () => {
  const { log, appender } = make()
  const owner = new Owner()
  appender.take(batch(1), SERVICE, NOW, owner)
  ;(await log.next()).settle()
  await settled()
  appender.folded(folded(1, [0, 0, 0, 0, 0], [0, 0, 0, 3]))
  expect(owner.acked).toEqual([1])
  expect(owner.told.map(error => [error[1], error[4], error[5]])).toEqual([[3, 1, 0]])
})

test('says when it is full: bytes not durable, bytes not folded', async () => {
  const small = { ...LIMITS, unfoldedBytes: 10 }
  const { log, appender } = make(1, small)
  expect(appender.capacity()).toBeNull()
  appender.take(batch(1), SERVICE, NOW, new Owner())
  ;(await log.next()).settle()
  await settled()
  expect(appender.capacity()).toMatchObject({ fault: Fault.overloaded, message: 'the engines are behind' })
  appender.folded(folded(1, []))
  expect(appender.capacity()).toBeNull()
  const tight = make(1, { ...LIMITS, inFlightBytes: 10 })
  tight.appender.take(batch(1), SERVICE, NOW, new Owner())
  expect(tight.appender.capacity()).toMatchObject({ message: 'the log is behind' })
})

test('a batch whose visitors live in several partitions is acknowledged once all parts are durable', async () => {
  const { log, appender } = make(8)
  const owner = new Owner()
  const groups = Array.from({ length: 40 }, (_, i) => [`v-${i}`, 's', 0, NOW, [[0, 0, 0]]] as const)
  appender.take([2, 1, null, ['cart'], groups as unknown as BatchFrame[4]], SERVICE, NOW, owner)
  await settled()
  const parts = log.waiting.splice(0)
  expect(parts.length).toBe(8)
  for (const part of parts) {
    expect(owner.acked).toEqual([])
    part.settle()
    await settled()
  }
  expect(owner.acked).toEqual([1])
})

test('a forget is acknowledged in its turn, once it is durable; one for somebody else is refused', async () => {
  const { log, appender } = make()
  const owner = new Owner()
  const page: Sender = { ...SERVICE, visitor: 'me', everyVisitor: false }
  appender.take(batch(1, 'me'), page, NOW, owner)
  appender.take([Frame.forget, 2, null], page, NOW, owner)
  appender.take([Frame.forget, 3, 'you'], page, NOW, owner)
  const entry = await log.next()
  expect([...erasuresIn(entry.bytes)]).toHaveLength(1)
  expect(owner.acked).toEqual([])
  const refused = owner.acks.length
  entry.settle()
  await settled()
  expect([refused, owner.acked]).toEqual([3, [1, 3]])
})

test('the erasure of one who may be a customer is acknowledged once every partition has it', async () => {
  const { log, appender } = make(3)
  const owner = new Owner()
  appender.take([Frame.forget, 1, 'c-1'], SERVICE, NOW, owner)
  const asked = appender.erase('c-2', NOW)
  await settled()
  const parts = log.waiting.splice(0)
  expect(parts.map(({ bytes }) => [...erasuresIn(bytes)].length)).toEqual([2, 2, 2])
  for (const part of parts) {
    expect(owner.acked).toEqual([])
    part.settle()
    await settled()
  }
  expect(owner.acked).toEqual([1])
  for (let partition = 0; partition < 3; partition++) {
    appender.folded({ ...folded(partition + 1, []), partition })
  }
  expect(await asked).toMatchObject({ refused: [] })
})

test('an erasure that the log did not take says so, and comes again', async () => {
  const { log, appender } = make()
  const lost = appender.erase('v', NOW)
  const refused = await log.next()
  refused.settle(new Overloaded('full', 700))
  expect(await lost).toMatchObject({ fault: Fault.overloaded, retryMs: 700 })
  const taken = appender.erase('v', NOW)
  const again = await log.next()
  again.settle()
  expect(await taken).toMatchObject({ refused: [] })
})
