import type { PulseClient } from '@pulssi/sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LANE_SPREAD_MS, Lane, Pack } from './lanes.js'

/** A client as far as a lane looks at it: what was sent is acknowledged in order, when the test says so. */
class Outbox {
  queued = 0
  readonly #waiters: { readonly at: number; readonly done: () => void }[] = []

  readonly client = {
    stats: () => ({ queued: this.queued }),
    flush: (at = 0) => new Promise<void>(done => (this.queued <= at ? done() : this.#waiters.push({ at, done }))),
  } as unknown as PulseClient

  acknowledge(count: number): void {
    this.queued = Math.max(0, this.queued - count)
    for (const waiter of this.#waiters.splice(0)) {
      if (this.queued <= waiter.at) waiter.done()
      else this.#waiters.push(waiter)
    }
  }
}

const makePack = (count: number): { outboxes: Outbox[]; lanes: Lane[]; pack: Pack } => {
  const outboxes = Array.from({ length: count }, () => new Outbox())
  const lanes = outboxes.map(({ client }) => new Lane(client))
  return { outboxes, lanes, pack: new Pack(lanes) }
}

const HOUR = LANE_SPREAD_MS

describe('a pack', () => {
  test('never has events of two lanes on their way that lie more than an hour apart', async () => {
    const step = fc.record({
      lane: fc.nat(3),
      stepMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: HOUR / 4 }), fc.integer({ min: HOUR, max: 5 * HOUR })),
      acks: fc.tuple(fc.nat(3), fc.nat(3)),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
        const { outboxes, lanes, pack } = makePack(4)
        const onTheirWay: number[][] = outboxes.map(() => [])
        const acknowledge = (index: number, count: number): void => {
          onTheirWay[index]?.splice(0, count)
          outboxes[index]?.acknowledge(count)
        }
        let at = 1_000_000
        for (const { lane: index, stepMs, acks } of steps) {
          at += stepMs
          const lane = lanes[index] as Lane
          let isWaiting = true
          const waits = (pack.mayGo(lane, at) ?? Promise.resolve()).then(() => {
            isWaiting = false
          })
          for (let turn = 0; isWaiting; turn++) {
            for (let i = 0; i < 3; i++) await Promise.resolve()
            if (isWaiting) acknowledge(turn % outboxes.length, 1)
          }
          await waits
          onTheirWay.forEach((times, other) => {
            if (other !== index) for (const time of times) expect(at - time).toBeLessThanOrEqual(HOUR)
          })
          lane.sent(at)
          ;(outboxes[index] as Outbox).queued++
          onTheirWay[index]?.push(at)
          acknowledge(acks[0], acks[1])
        }
      }),
    )
  })

  test('a lane by itself never waits, and none waits within the hour', () => {
    const alone = makePack(1)
    for (const at of [0, HOUR * 100]) {
      expect(alone.pack.mayGo(alone.lanes[0] as Lane, at)).toBeNull()
      alone.lanes[0]?.sent(at)
    }
    const { lanes, pack } = makePack(2)
    const [one] = lanes
    return (pack.mayGo(one as Lane, HOUR) ?? Promise.resolve()).then(() => {
      expect(pack.mayGo(one as Lane, HOUR + HOUR)).toBeNull()
    })
  })

  test('a lane whose connection is gone for good keeps nobody waiting', async () => {
    const { outboxes, lanes, pack } = makePack(2)
    const [one, two] = lanes
    one?.sent(0)
    const [gone] = outboxes
    Object.assign(gone ?? {}, { queued: 1 })
    Object.assign(gone?.client ?? {}, { flush: () => Promise.resolve() })
    await pack.mayGo(two as Lane, 5 * HOUR)
    expect(one?.oldest()).toBe(0)
  })
})
