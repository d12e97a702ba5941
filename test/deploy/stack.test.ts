/** The whole of compose.yaml at work, behind its proxy: what is sent is counted, whoever of them ends. */
import { join } from 'node:path'
import { createPulse, type WebSocketClass } from '@pulssi/sdk'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { bearer } from '../e2e/harness.js'
import { type Deployed, startProxy } from './proxy.js'
import { type Running, type Stack, startStack } from './stack.js'

const TEST_MS = 180_000
const WAIT = { timeout: 20_000, interval: 100 }
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** A page of the shop's, as far as the gateways can tell. */
const ofShop = ({ ca }: Deployed): WebSocketClass => {
  const Socket = class extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { ca, origin: 'https://shop.example', headers: { 'user-agent': BROWSER } })
    }
  }
  return Socket as unknown as WebSocketClass
}

const portOf = ({ all }: Stack, name: string): number => all.find(one => one.name === name)?.port ?? 0

const entered = async ({ port }: Pick<Running, 'port'>, token: string): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${port}/v1/journey?window=total`, { headers: bearer(token) })
  const { pulses } = (await response.json()) as { pulses: { visits: { entered: number } }[] }
  return pulses.reduce((sum, { visits }) => sum + visits.entered, 0)
}

/** The sum over all processes, as Prometheus would make it. */
const summed = async ({ all }: Stack, sample: string): Promise<number> => {
  const texts = await Promise.all(
    all.map(async ({ metricsPort }) => await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()),
  )
  const lines = texts.flatMap(text => text.split('\n')).filter(line => line.startsWith(`${sample} `))
  return lines.reduce((sum, line) => sum + Number(line.slice(sample.length)), 0)
}

test(
  'it counts all that pages send, through a proxy, while a worker and a gateway are taken away',
  async () => {
    const stack = await startStack()
    const proxy = await startProxy('caddy', [portOf(stack, 'gateway-1'), portOf(stack, 'gateway-2')])
    const token =
      (await stack.pulssi('token', 'new', '--jwt', '--ttl', '1h', '--scope', 'pulse', '--scope', 'admin'))
        .trim()
        .split(/\s+/)
        .at(-1) ?? ''
    const pages = Array.from({ length: 12 }, (_, nth) =>
      createPulse({
        url: proxy.url,
        key: 'pk_shop',
        identity: 'page',
        WebSocket: ofShop(proxy),
        cuts: { nth: `${nth}` },
      }),
    )
    const send = async (touchpoint: string): Promise<void> => {
      for (const page of pages) page.enter(touchpoint)
      for (const page of pages) await page.flush()
    }
    const [first, second] = stack.all.filter(({ name }) => name.startsWith('gateway'))
    await vi.waitUntil(async () => (await summed(stack, 'pulssi_served_partitions')) === 16, WAIT)
    await vi.waitUntil(async () => (await summed(stack, 'pulssi_leases{role="alerts"}')) === 1, WAIT)
    await send('shop.product')
    for (const gateway of [first, second]) expect(await entered(gateway as Running, token)).toBe(12)
    expect(await stack.stop('worker-1')).toBe(0)
    await send('checkout.cart')
    await vi.waitUntil(async () => (await entered(first as Running, token)) === 24, WAIT)
    expect(await stack.stop('gateway-1')).toBe(0)
    await send('checkout.payment')
    await vi.waitUntil(async () => (await entered(second as Running, token)) === 36, WAIT)
    for (const page of pages) await page.close()
    const backup = join(stack.folder, 'pulssi.tar')
    await stack.pulssi('backup', backup, '--url', `http://127.0.0.1:${second?.port}`, '--token', token)
    const restored = await stack.pulssi('restore', backup, '--data', join(stack.folder, 'restored'))
    expect(JSON.parse(restored)).toMatchObject({ partitions: 16 })
    expect(await stack.stop('worker-2')).toBe(0)
    expect(await stack.stop('gateway-2')).toBe(0)
  },
  TEST_MS,
)
