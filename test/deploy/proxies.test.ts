/** The proxies' files, in front of two real gateways: a real nginx, a real Caddy, wss. */
import { once } from 'node:events'
import { request } from 'node:https'
import type { RunningServer } from '@pulssi/aggregator'
import { Frame, type WelcomeFrame } from '@pulssi/protocol/client'
import { createPulse, type WebSocketClass } from '@pulssi/sdk'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { DEFAULT_LIMITS } from '../../aggregator/src/gateway/limits.js'
import { bearer, CLOSED, Client, dataDir, journey, KEYS, serve } from '../e2e/harness.js'
import { readDeployed } from './files.js'
import { type Deployed, KINDS, startProxy } from './proxy.js'

const HOSTS = ['localhost']

const gateway = (limits: Record<string, number> = {}): Promise<RunningServer> =>
  serve({ ...CLOSED, server: { hosts: HOSTS, trustProxy: ['127.0.0.1/32'], limits } }, dataDir())

interface SetUp {
  readonly proxy: Deployed
  readonly gateways: readonly [RunningServer, RunningServer]
}

const setUp = async (kind: (typeof KINDS)[number], limits = {}, change?: (text: string) => string): Promise<SetUp> => {
  const gateways = [await gateway(limits), await gateway(limits)] as const
  return { gateways, proxy: await startProxy(kind, [gateways[0].port, gateways[1].port], change) }
}

const entered = async (server: RunningServer): Promise<number> =>
  (await journey(server)).pulses.reduce(
    (sum: number, { visits }: { visits: { entered: number } }) => sum + visits.entered,
    0,
  )

/** The class of `ws` as the SDK would find it, which trusts the proxy's certificate. */
const trusting = ({ ca }: Deployed): WebSocketClass => {
  const Trusting = class extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { ca })
    }
  }
  return Trusting as unknown as WebSocketClass
}

const sender = (proxy: Deployed) =>
  createPulse({ url: proxy.url, key: KEYS.service, identity: 'host', WebSocket: trusting(proxy) })

const post = ({ url, ca }: Deployed, sizeBytes: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { ...bearer(KEYS.service), 'content-type': 'application/x-ndjson', 'content-length': sizeBytes }
    const call = request(`${url}/v1/events`, { method: 'POST', ca, headers, agent: false }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    call.on('error', reject)
    call.end(Buffer.alloc(sizeBytes, '\n'))
  })

/** The visitor that a page is taken for, by the day. */
const visitorFrom = async ({ socketUrl, ca }: Deployed, localAddress: string, headers = {}): Promise<string | null> => {
  const client = await Client.open({ socketUrl } as RunningServer, { ca, localAddress, headers, origin: KEYS.origin })
  client.send([Frame.hello, KEYS.page, 0, null, null, 's', 'test'])
  return ((await client.hear(frame => frame[0] === Frame.welcome)) as WelcomeFrame)[1]
}

describe.each(KINDS)('%s', kind => {
  test('takes what the SDK sends to both gateways, and nothing is lost when one of them ends', async () => {
    const { proxy, gateways } = await setUp(kind)
    const pulses = Array.from({ length: 4 }, () => sender(proxy))
    for (const [nth, pulse] of pulses.entries()) pulse.as(`v-${nth}`).enter('checkout.cart')
    for (const pulse of pulses) await pulse.flush()
    const [first, second] = [await entered(gateways[0]), await entered(gateways[1])]
    expect([first, second]).toEqual([2, 2])
    await gateways[0].close()
    for (const [nth, pulse] of pulses.entries()) pulse.as(`w-${nth}`).enter('checkout.cart')
    for (const pulse of pulses) {
      await pulse.flush()
      expect(pulse.stats()).toMatchObject({ queued: 0 })
      await pulse.close()
    }
    expect(await entered(gateways[1])).toBe(second + 4)
  })

  test('says who calls, and believes nobody who says it themselves', async () => {
    const gateways = [await gateway(), null]
    const port = gateways[0]?.port ?? 0
    const proxy = await startProxy(kind, [port, port])
    const second = await visitorFrom(proxy, '127.0.0.2')
    expect(await visitorFrom(proxy, '127.0.0.3')).not.toBe(second)
    expect(await visitorFrom(proxy, '127.0.0.2', { 'x-forwarded-for': '127.0.0.3' })).toBe(second)
    expect(await visitorFrom(proxy, '127.0.0.2', { 'x-forwarded-for': '127.0.0.3, 127.0.0.1' })).toBe(second)
  })

  test('passes on as large a body as a gateway takes, and no larger', async () => {
    const { proxy } = await setUp(kind)
    expect(await post(proxy, DEFAULT_LIMITS.httpBytes)).toBe(200)
    expect(await post(proxy, DEFAULT_LIMITS.httpBytes + 1)).toBe(413)
  })

  test('lets a silent connection stand as long as the gateway pings', async () => {
    const shorter = (text: string): string => text.replace('proxy_read_timeout 75s', 'proxy_read_timeout 1s')
    const { proxy } = await setUp(kind, { pingMs: 300 }, shorter)
    const { socketUrl, ca } = proxy
    const client = await Client.open({ socketUrl } as RunningServer, { ca })
    client.send([Frame.hello, KEYS.service, 0, null, null, null, 'test'])
    for (let pings = 0; pings < 6; pings++) await once(client.socket, 'ping')
    expect(client.socket.readyState).toBe(WebSocket.OPEN)
  })
})

test('nginx waits longer than two pings of a gateway', () => {
  const [, seconds] = /proxy_read_timeout (\d+)s/.exec(readDeployed('nginx.conf')) ?? []
  expect(Number(seconds) * 1_000).toBeGreaterThan(2 * DEFAULT_LIMITS.pingMs)
})
