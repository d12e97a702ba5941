import { expect, test } from 'vitest'
import { Followed } from './followed.js'
import { ASK_MS } from './limits.js'

const SILENT_MS = 2_000

const make = () => {
  const time = { now: 1_000_000 }
  const asked: number[] = []
  const ask = (partition: number): void => void asked.push(partition)
  const followed = new Followed({ partitions: 2, clock: { now: () => time.now }, silentMs: SILENT_MS, ask })
  const hear = (partition: number, number: number, isWhole: boolean): boolean => {
    const isTaken = followed.takes(partition, { epoch: 1, number, sequence: number * 10, isWhole })
    if (isTaken) followed.took(partition, number * 10)
    return isTaken
  }
  return { time, asked, followed, hear }
}

test('asks at most once in ASK_MS a partition, whatever it misses', () => {
  const { time, asked, followed, hear } = make()
  for (let number = 2; number < 100; number++) {
    expect(hear(0, number, false)).toBe(false)
    followed.broke(0)
  }
  expect(asked).toEqual([0])
  hear(1, 2, false)
  expect(asked).toEqual([0, 1])
  time.now += ASK_MS - 1
  hear(0, 100, false)
  expect(asked).toHaveLength(2)
  time.now += 1
  hear(0, 101, false)
  expect(asked).toEqual([0, 1, 0])
  // A clock that was set back by an hour.
  time.now -= 3_600_000
  hear(0, 102, false)
  expect(asked).toHaveLength(4)
})

test('a partition is silent until it was heard of, and again SILENT_MS after the last that was of use', () => {
  const { time, followed, hear } = make()
  expect([followed.isSilent(0), followed.isSilent(1)]).toEqual([true, true])
  hear(0, 1, true)
  expect([followed.isSilent(0), followed.isSilent(1)]).toEqual([false, true])
  time.now += SILENT_MS - 1
  expect(followed.isSilent(0)).toBe(false)
  hear(0, 3, false)
  time.now += 1
  expect(followed.isSilent(0)).toBe(true)
  hear(0, 4, true)
  expect(followed.isSilent(0)).toBe(false)
})

test('tells of each partition where it stands', () => {
  const { time, followed, hear } = make()
  hear(1, 1, true)
  time.now += 300
  expect(followed.states(new Set([0]))).toEqual([
    { epoch: 0, sequence: 0, ageMs: null, isStale: true },
    { epoch: 1, sequence: 10, ageMs: 300, isStale: false },
  ])
  expect([followed.has([0, 10]), followed.has([0, 11]), followed.has([1, 10])]).toEqual([true, false, false])
})
