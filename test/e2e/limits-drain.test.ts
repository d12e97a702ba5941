/** The end of a server under load, and clocks that jump. */
import { Frame } from '@pulssi/protocol/client'
import { expect, test, vi } from 'vitest'
import { Appender } from '../../aggregator/src/gateway/index.js'
import { CLOSED, Client, dataDir, ENTER, journey, serve } from './harness.js'

const GOING_AWAY = 1001
const PATIENCE_MS = 10_000
const HOUR_MS = 3_600_000

const ackedBy = (client: Client): number =>
  Math.max(0, ...client.heard.map(frame => (frame[0] === Frame.ack ? frame[1] : 0)))

test('under load it ends in time: goodbye, and every batch that was taken is acknowledged and counted', async () => {
  const folder = dataDir()
  const limits = { drainMs: 5_000, closeMs: 500 }
  const server = await serve({ ...CLOSED, server: { limits } }, folder)
  const clients = await Promise.all(Array.from({ length: 5 }, () => Client.service(server)))
  const sent = clients.map(() => 0)
  const press = setInterval(() => {
    for (const [index, client] of clients.entries()) {
      if (client.socket.readyState !== client.socket.OPEN) continue
      const seq = sent[index] ?? 0
      client.batch(`v-${index}`, 's', seq, [ENTER])
      sent[index] = seq + 1
    }
  }, 1)
  await Promise.all(clients.map(client => client.acked(20)))
  const begun = performance.now()
  await server.close()
  const tookMs = performance.now() - begun
  clearInterval(press)
  const closed = await Promise.all(clients.map(client => client.closed))
  expect(closed.map(({ code }) => code)).toEqual([GOING_AWAY, GOING_AWAY, GOING_AWAY, GOING_AWAY, GOING_AWAY])
  expect(tookMs).toBeLessThan(limits.drainMs + limits.closeMs + 20_000)
  const acked = clients.map(ackedBy).reduce((sum, count) => sum + count, 0)
  const again = await serve(CLOSED, folder)
  expect((await journey(again)).events.accepted).toBe(acked)
})

test('a log that never answers holds the end up no longer than drainMs', async () => {
  const server = await serve({ ...CLOSED, server: { limits: { drainMs: 50 } } })
  const client = await Client.service(server)
  let release = (): void => {}
  const stuck = new Promise<void>(resolve => {
    release = resolve
  })
  const drain = vi.spyOn(Appender.prototype, 'drain').mockReturnValueOnce(stuck)
  const closing = server.close().then(() => 'ended')
  const ended = await Promise.race([closing, new Promise(resolve => setTimeout(resolve, PATIENCE_MS))])
  release()
  expect(drain).toHaveBeenCalled()
  expect(ended).toBe('ended')
  expect((await client.closed).code).toBe(GOING_AWAY)
  drain.mockRestore()
})

test('the wall clock jumps: rates hold, events are taken, the engine’s clock never goes back', async () => {
  const limits = { serviceMessagesPerSecond: 20, floodFactor: 100_000 }
  const server = await serve({ ...CLOSED, server: { limits } })
  const client = await Client.service(server)
  await client.acked(client.batch('v', 's', 0, [ENTER]))
  const { clock } = await journey(server)
  const real = Date.now
  const jump = vi.spyOn(Date, 'now')
  try {
    for (const [turn, offsetMs] of [-HOUR_MS, HOUR_MS, -2 * HOUR_MS].entries()) {
      jump.mockImplementation(() => real() + offsetMs)
      await client.acked(client.batch('v', 's', turn + 1, [ENTER]))
      expect((await journey(server)).clock).toBeGreaterThanOrEqual(clock)
    }
    for (let turn = 4; turn < 60; turn++) client.batch('v', 's', turn, [ENTER])
    const refused = await client.hear(frame => frame[0] === Frame.error && frame[1] === 429)
    // On the wall clock the bucket would stay empty for hours now.
    jump.mockImplementation(() => real() - 5 * HOUR_MS)
    const number = refused[4] as number
    const again = setInterval(() => {
      const now = Date.now()
      client.send([Frame.batch, number, now, ['cart'], [['v', 's', number - 1, now, [ENTER]]]])
    }, 10)
    await client.acked(number)
    clearInterval(again)
  } finally {
    jump.mockRestore()
  }
})
