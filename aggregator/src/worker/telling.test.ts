import { expect, test } from 'vitest'
import { Engine, RecordWriter } from '../engine/index.js'
import { HEARTBEAT_MS, WHOLE_BYTES_PER_SECOND, WHOLE_MS, WHOLE_REST_RATIO } from './limits.js'
import { unpackPartial } from './partial.js'
import { Telling } from './telling.js'

const quiet = { verdict: (): void => {}, refused: (): void => {} }

/** An engine with what is told of it, at a time that the test sets; making a message takes `tookMs`. */
const make = (isLossy: boolean) => {
  const time = { nowMs: 0, tookMs: 0 }
  const engine = new Engine([1, 2])
  let sizeBytes = 0
  const slow = Object.create(engine, {
    partial: {
      value: (full: boolean): Uint8Array | null => {
        time.nowMs += time.tookMs
        const partial = engine.partial(full)
        return partial === null || sizeBytes === 0 ? partial : new Uint8Array(sizeBytes)
      },
    },
  }) as Engine
  const telling = new Telling(slow, 3, isLossy, () => time.nowMs)
  let sequence = 0
  return {
    time,
    telling,
    grow: (bytes: number): void => {
      sizeBytes = bytes
    },
    tick: (): void => {
      const out = new RecordWriter()
      out.tick(1_700_000_000_000 + ++sequence)
      engine.apply(out.take(), quiet)
    },
    next: () => {
      const message = telling.next(sequence)
      return message === null ? null : unpackPartial(message)
    },
  }
}

test('the first message is whole; then come changes, numbered, and nothing where nothing changed', () => {
  const { next, tick, time } = make(false)
  expect(next()).toMatchObject({ epoch: 3, number: 1, sequence: 0, isWhole: true })
  expect(next()).toBe(null)
  tick()
  time.nowMs += 50
  expect(next()).toMatchObject({ epoch: 3, number: 2, sequence: 1, isWhole: false })
  expect(next()).toBe(null)
})

test('where nothing changed a message without a partial comes every HEARTBEAT_MS', () => {
  const { next, time } = make(false)
  next()
  time.nowMs += HEARTBEAT_MS - 1
  expect(next()).toBe(null)
  time.nowMs += 1
  const heartbeat = next()
  expect([heartbeat?.number, heartbeat?.isWhole, heartbeat?.bytes.length]).toEqual([2, false, 0])
  expect(next()).toBe(null)
})

test('a whole one comes when it is asked for, once', () => {
  const { next, telling } = make(false)
  next()
  telling.tellWhole()
  expect(next()).toMatchObject({ number: 2, isWhole: true })
  expect(next()).toBe(null)
})

test('a whole one comes every WHOLE_MS where messages may be lost, and only there', () => {
  for (const isLossy of [true, false]) {
    const { next, tick, time } = make(isLossy)
    const wholeAt: number[] = []
    for (; time.nowMs <= 3 * WHOLE_MS; time.nowMs += 50) {
      tick()
      if (next()?.isWhole === true) wholeAt.push(time.nowMs)
    }
    expect(wholeAt).toEqual(isLossy ? [0, WHOLE_MS, 2 * WHOLE_MS, 3 * WHOLE_MS] : [0])
  }
})

test('whole ones that take long to make, or are large, come less often', () => {
  const gapOf = (tookMs: number, sizeBytes: number): number => {
    const { next, tick, time, grow } = make(true)
    time.tookMs = tookMs
    grow(sizeBytes)
    next()
    const endedMs = time.nowMs
    time.tookMs = 0
    grow(0)
    for (;;) {
      tick()
      if (next()?.isWhole === true) return time.nowMs - endedMs
      time.nowMs += 50
    }
  }
  expect(gapOf(WHOLE_MS / 10, 0)).toBe((WHOLE_REST_RATIO * WHOLE_MS) / 10)
  const bytes = (WHOLE_BYTES_PER_SECOND * 2 * WHOLE_MS) / 1_000
  expect(gapOf(0, bytes)).toBeGreaterThanOrEqual(2 * WHOLE_MS)
})
