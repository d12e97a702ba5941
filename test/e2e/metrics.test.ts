/** What a running server tells of itself: metrics, alive, ready. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { Frame } from '@pulssi/protocol/client'
import { describe, expect, test } from 'vitest'
import { bearer, CLOSED, Client, ENTER, http, journey, KEYS, serve } from './harness.js'

const ADMIN = 'rt_admin_of_the_test'
const WITH_ADMIN = { ...CLOSED, readTokens: [...CLOSED.readTokens, { token: ADMIN, scopes: ['admin'] }] }

const parse = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const),
  )

const scrape = async (url: string): Promise<Map<string, number>> => parse(await (await fetch(url)).text())

/** With a Host header of one's own, as a page has that was given this address under another name. */
const underHost = (url: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { headers: { host } }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })

describe('the port for metrics alone', () => {
  test('counts what came in and what became of it', async () => {
    const server = await serve({ ...WITH_ADMIN, server: { metrics: { port: 0 } } })
    const client = await Client.service(server)
    await client.acked(client.batch('v-1', 's-1', 0, [ENTER, ENTER, [3, 0, 0, 2, 99]]))
    await client.acked(client.batch('v-1', 's-1', 0, [ENTER]))
    client.send([Frame.unsubscribe, 1, 2])
    await client.closed
    const reader = await Client.reader(server)
    reader.send([Frame.subscribe, 1, ['*'], [1]])
    await reader.hear(frame => frame[0] === Frame.pulse)
    await journey(server)
    const values = await scrape(server.metricsUrl ?? '')
    expect(values.get('pulssi_connections')).toBe(1)
    expect(values.get('pulssi_connections_opened_total')).toBe(2)
    expect(values.get('pulssi_closes_total{code="badFrame"}')).toBe(1)
    expect(values.get('pulssi_messages_total{type="batch"}')).toBe(2)
    expect(values.get('pulssi_messages_total{type="broken"}')).toBe(1)
    expect(values.get('pulssi_events_total{outcome="accepted"}')).toBe(2)
    expect(values.get('pulssi_events_total{outcome="duplicate"}')).toBe(1)
    expect(values.get('pulssi_events_total{outcome="rejected"}')).toBe(1)
    expect(values.get('pulssi_refused_events_total{refusal="badScore"}')).toBe(1)
    expect(values.get('pulssi_subscribers')).toBe(1)
    expect(values.get('pulssi_visitors')).toBe(1)
    expect(values.get('pulssi_ready')).toBe(1)
    expect(values.get('pulssi_log_append_seconds_count')).toBeGreaterThan(0)
    expect(values.get('pulssi_network_bytes_total{direction="in"}')).toBeGreaterThan(0)
    expect(values.get('process_resident_memory_bytes')).toBeGreaterThan(0)
  })

  test('serves nothing else, and no page', async () => {
    const server = await serve({ ...WITH_ADMIN, server: { metrics: { port: 0 } } })
    const url = server.metricsUrl ?? ''
    expect((await fetch(new URL('/v1/journey', url))).status).toBe(404)
    expect((await fetch(url, { headers: { origin: 'http://localhost' } })).status).toBe(403)
    expect(await underHost(url, 'evil.example')).toBe(403)
  })

  test('has no name in it that came from outside', async () => {
    const server = await serve({ ...WITH_ADMIN, server: { metrics: { port: 0 } } })
    const client = await Client.service(server)
    await client.acked(
      client.batch('planted-visitor', 'planted-stream', 0, [[5, 0, 0, 'planted-signal']], 'planted.place'),
    )
    const text = await (await fetch(server.metricsUrl ?? '')).text()
    expect(text).not.toContain('planted')
    expect(text).not.toContain(KEYS.service)
    expect(text).not.toContain('127.0.0.1')
  })
})

describe('metrics on the main port', () => {
  test('are for tokens of the scope admin', async () => {
    const server = await serve(WITH_ADMIN)
    expect(server.metricsUrl).toBeNull()
    expect((await http(server, '/metrics')).status).toBe(401)
    expect((await http(server, '/metrics', { headers: bearer(KEYS.token) })).status).toBe(403)
    expect((await http(server, '/metrics', { headers: bearer(KEYS.service) })).status).toBe(403)
    const answer = await http(server, '/metrics', { headers: bearer(ADMIN) })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('text/plain')
    expect(answer.body).toContain('pulssi_build_info')
  })

  test('are not for pages, whatever token they have', async () => {
    const server = await serve(WITH_ADMIN)
    const headers = { ...bearer(ADMIN), origin: KEYS.origin }
    expect((await http(server, '/metrics', { headers })).status).toBe(403)
  })

  test('are free while nothing is configured', async () => {
    const server = await serve()
    expect((await http(server, '/metrics')).status).toBe(200)
  })

  test('count forwarded requests where no proxy is trusted', async () => {
    const server = await serve()
    await http(server, '/healthz', { headers: { 'x-forwarded-for': '192.0.2.7' } })
    const { body } = await http(server, '/metrics')
    expect(parse(body).get('pulssi_untrusted_forwards_total')).toBe(1)
    expect(body).not.toContain('192.0.2.7')
  })
})

test('says that it lives and that it is ready', async () => {
  const server = await serve(WITH_ADMIN)
  expect(await http(server, '/healthz')).toMatchObject({ status: 200, body: { alive: true } })
  expect(await http(server, '/readyz')).toMatchObject({ status: 200, body: { ready: true } })
})

test('tells the version of its package', async () => {
  const server = await serve()
  const { version } = JSON.parse(readFileSync(new URL('../../aggregator/package.json', import.meta.url), 'utf8'))
  expect((await http(server, '/metrics')).body).toContain(`pulssi_build_info{version="${version}"} 1`)
})
