/** What a gateway tells of itself while its disk fails and while its engines are behind: real parts, a faulty disk. */
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { SegmentLog } from '../../aggregator/src/embedded/index.js'
import { Appender, reasonsNotReady } from '../../aggregator/src/gateway/index.js'
import { DEFAULT_LIMITS } from '../../aggregator/src/gateway/limits.js'
import { Intake } from '../../aggregator/src/intake/index.js'
import { TimedLog } from '../../aggregator/src/metrics/index.js'
import { FaultyDisk } from '../contract/faulty-disk.js'
import { dataDir } from './harness.js'

const NOW = Date.UTC(2026, 0, 1)

interface Parts {
  readonly disk: FaultyDisk
  readonly log: TimedLog
  readonly appender: Appender
  readonly codes: () => string[]
}

const parts = async (): Promise<Parts> => {
  const disk = new FaultyDisk()
  const log = new TimedLog(await SegmentLog.open({ folder: dataDir(), partitions: 2, disk }))
  onTestFinished(() => log.close())
  const intake = new Intake([1, 2], 2, false)
  const logger = pino({ level: 'silent' })
  const appender = new Appender({ log, intake, limits: DEFAULT_LIMITS, logger, durable: [0, 0] })
  const codes = (): string[] => {
    const { lagMs } = appender.queue
    const { refusingPartitions } = appender
    return reasonsNotReady({ refusingPartitions, lagMs, ageMs: 0, stalePartitions: 0 }).map(({ code }) => code)
  }
  return { disk, log, appender, codes }
}

test('a disk that refuses makes a server not ready, until it takes something again', async () => {
  const { disk, log, appender, codes } = await parts()
  await appender.tick(NOW)
  expect([codes(), log.failed]).toEqual([[], 0])
  disk.failing.add('sync')
  await appender.tick(NOW + 1)
  await expect.poll(() => appender.refusingPartitions).toBe(2)
  expect([codes(), log.failed]).toEqual([['logRefuses'], 2])
  disk.failing.clear()
  await appender.tick(NOW + 2)
  await expect.poll(codes).toEqual([])
  expect(log.appendedBytes).toBeGreaterThan(0)
})

test('an entry waits for its engine until the engine has folded it', async () => {
  const { appender } = await parts()
  expect(appender.queue).toEqual({ waitingBytes: 0, unfoldedBytes: 0, unfoldedEntries: 0, lagMs: 0 })
  await appender.tick(NOW)
  const { unfoldedEntries, unfoldedBytes, lagMs } = appender.queue
  expect(unfoldedEntries).toBe(2)
  expect(unfoldedBytes).toBeGreaterThan(0)
  expect(lagMs).toBeGreaterThanOrEqual(0)
  const none = new Uint32Array()
  for (const partition of [0, 1]) {
    appender.folded({ type: 'folded', partition, first: 1, count: 1, sizeBytes: 1, verdicts: none, refusals: none })
  }
  expect(appender.queue).toEqual({ waitingBytes: 0, unfoldedBytes: 0, unfoldedEntries: 0, lagMs: 0 })
})

test('what waits for a disk that hangs is in the queue', async () => {
  const { disk, appender } = await parts()
  disk.failing.add('hang')
  const ticked = appender.tick(NOW)
  await expect.poll(() => disk.hanging).toBe(2)
  expect(appender.queue.waitingBytes).toBeGreaterThan(0)
  disk.release()
  await ticked
  expect(appender.queue.waitingBytes).toBe(0)
})
