import { expect, onTestFinished, test } from 'vitest'
import { Link } from '../../aggregator/src/nats/link.js'
import { NatsServer } from './nats-server.js'

test('how long a message may be is still known while there is no server', async () => {
  const server = await NatsServer.start()
  onTestFinished(() => server.dispose())
  const link = await Link.open({ servers: server.url })
  onTestFinished(() => link.close())
  const { messageBytes } = link
  expect(messageBytes).toBeGreaterThan(1024 * 1024)
  await server.kill()
  await expect.poll(() => link.connection.info, { timeout: 30_000, interval: 5 }).toBeUndefined()
  expect(link.messageBytes).toBe(messageBytes)
})
