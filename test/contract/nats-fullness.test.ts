import { afterAll, beforeAll, expect, test } from 'vitest'
import { NatsLog } from '../../aggregator/src/nats/log.js'
import { NatsServer } from './nats-server.js'

const BOUND_BYTES = 4_000_000

let server: NatsServer
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())

const openLog = (project: string, more: { readonly streamBytes?: number } = {}): Promise<NatsLog> =>
  NatsLog.open({ connection: { servers: server.url }, project, partitions: 2, ...more })

test('a log with a bound says how full its fullest partition was when last looked at', async () => {
  const log = await openLog('bounded', { streamBytes: BOUND_BYTES })
  try {
    expect(log.fullness).toBeNull()
    await log.append(1, new Uint8Array(BOUND_BYTES / 4))
    await log.bounds(0)
    expect(log.fullness).toBe(0)
    await log.bounds(1)
    expect(log.fullness).toBeGreaterThanOrEqual(0.25)
    expect(log.fullness).toBeLessThan(0.3)
  } finally {
    await log.close()
  }
})

test('one without a bound says nothing', async () => {
  const log = await openLog('unbounded')
  try {
    await log.bounds(0)
    expect(log.fullness).toBeNull()
  } finally {
    await log.close()
  }
})
