import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { Engine, type Letter } from '../engine/index.js'
import { type EventLog, Overloaded, soleTenure } from '../ports.js'
import { Courier } from './courier.js'

const UNHEARD = { verdict() {}, refused() {} }
const SOURCE = 0
const letter = (number: number, lo: number): Letter => ({
  number,
  at: 1_000,
  visitor: [1, 7],
  person: [2, lo],
  told: { op: 'answered' },
})

/** A log whose appends fail where `failures` says so, and an engine behind each partition. */
const world = (partitions: number, failures: readonly boolean[] = []) => {
  const engines = Array.from({ length: partitions }, () => new Engine([0, 0]))
  const answered: number[][] = engines.map(() => [])
  const stop = new AbortController()
  let calls = 0
  const log = {
    partitions,
    append: async (partition: number, bytes: Uint8Array) => {
      if (failures[calls++] === true) throw new Overloaded('full', 1)
      const engine = engines[partition] as Engine
      engine.apply(bytes, UNHEARD)
      answered[partition]?.push(engine.state.toldBy.get(SOURCE) ?? 0)
      return calls
    },
  } as EventLog
  const options = { partition: SOURCE, log, logger: pino({ level: 'silent' }), tenure: soleTenure('p') }
  return { engines, answered, stop, courier: () => new Courier({ ...options, signal: stop.signal }) }
}

describe('the courier', () => {
  it('brings each letter to its partition, whatever fails, and again after a crash without doing anything twice', async () => {
    const letters = fc.array(fc.nat(6), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(letters, fc.array(fc.boolean(), { maxLength: 30 }), fc.nat(20), async (los, failures, cut) => {
        const { engines, courier } = world(3, failures)
        const all = los.map((lo, i) => letter(i + 1, lo))
        engines[SOURCE]?.state.outbox.letters.push(...all)
        const first = courier()
        first.take(all.slice(0, cut))
        await first.ended()
        const second = courier()
        second.take(engines[SOURCE]?.state.outbox.letters ?? [])
        await second.ended()
        expect(engines[SOURCE]?.state.outbox.letters).toEqual([])
        for (const [partition, { state }] of engines.entries()) {
          const its = all.filter(({ person }) => person[1] % 3 === partition)
          expect(state.toldBy.get(SOURCE)).toBe(its[its.length - 1]?.number)
          const people = [...state.people].map(({ lo }) => lo).sort()
          expect(people).toEqual([...new Set(its.map(({ person }) => person[1]))].sort())
        }
      }),
      { numRuns: 40 },
    )
  })

  it('stops where the partition is served no more', async () => {
    const { answered, stop, courier } = world(2, new Array<boolean>(1_000).fill(true))
    const one = courier()
    one.take([letter(1, 1)])
    stop.abort()
    await one.ended()
    expect(answered).toEqual([[], []])
  })
})
