import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partsOf, stepOf } from './blueprint.js'

const replicas = fc.constantFrom(1, 3, 5)
const bound = fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 1_000 }))
const asking = fc
  .record({ replicas }, { requiredKeys: ['replicas'] })
  .chain(some =>
    fc
      .option(fc.integer({ min: 1, max: 1_000 }))
      .map(streamBytes => ({ ...some, ...(streamBytes === null ? {} : { streamBytes }) })),
  )

const [log] = partsOf({ project: 'shop', partitions: 2 })
const found = (more: Partial<StreamConfig> = {}) => ({
  description: 'partition 0 of 2',
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  num_replicas: 1,
  max_bytes: -1,
  max_age: 0,
  max_msgs: -1,
  ...more,
})
const step = (...given: [ReturnType<typeof found> | null, Parameters<typeof stepOf>[2]]) => {
  if (log === undefined) throw new Error('there is no log')
  return stepOf(log, ...given)
}

describe('what is to be done about a stream', () => {
  test('a project has a stream a partition, and two buckets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), partitions => {
        const streams = partsOf({ project: 'shop', partitions }).map(({ stream }) => stream)
        expect(new Set(streams).size).toBe(partitions + 2)
      }),
    )
  })

  test('makes nothing smaller', () => {
    const size = (bytes: number | undefined): number =>
      bytes === undefined || bytes < 0 ? Number.POSITIVE_INFINITY : bytes
    fc.assert(
      fc.property(replicas, bound, asking, (num_replicas, max_bytes, asked) => {
        const plan = step(found({ num_replicas, max_bytes }), asked)
        if (plan.is !== 'change') return
        expect(plan.update.num_replicas ?? num_replicas).toBeGreaterThanOrEqual(num_replicas)
        expect(size(plan.update.max_bytes ?? max_bytes)).toBeGreaterThanOrEqual(size(max_bytes))
      }),
    )
  })

  test('once changed, it fits', () => {
    const discards = fc.constantFrom(DiscardPolicy.New, DiscardPolicy.Old)
    fc.assert(
      fc.property(replicas, bound, discards, asking, (num_replicas, max_bytes, discard, asked) => {
        const before = found({ num_replicas, max_bytes, discard })
        const plan = step(before, asked)
        expect(step(plan.is === 'change' ? { ...before, ...plan.update } : before, asked).is).toBe('fits')
      }),
    )
  })

  test('what loses entries by itself is wrong', () => {
    for (const more of [
      { storage: StorageType.Memory },
      { retention: RetentionPolicy.Workqueue },
      { max_age: 1 },
      { max_msgs: 10 },
      { description: 'partition 0 of 4' },
    ])
      expect(step(found(more), {}).is).toBe('wrong')
    expect(step(null, {}).is).toBe('make')
  })
})
