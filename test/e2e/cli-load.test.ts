/** `pulssi load` against a server that runs. */
import { describe, expect, test } from 'vitest'
import type { Figures } from '../../aggregator/src/cli/load/figures.js'
import { pulssi } from './command.js'
import { bearer, CLOSED, http, journey, KEYS, serve } from './harness.js'

const EXIT = { ok: 0, usage: 2, refused: 4 }

const load = async (...args: string[]): Promise<[number, Figures]> => {
  const { code, out } = await pulssi(['load', '--json', ...args])
  return [code, JSON.parse(out) as Figures]
}

describe('pulssi load', () => {
  test('what it says was acknowledged is what the server counts', async () => {
    const server = await serve(CLOSED)
    const args = ['--url', server.url, '--key', KEYS.service, '--visitors', '50', '--connections', '3', '--batch', '7']
    const [code, figures] = await load(...args, '--events', '1000')
    expect([code, figures.endedBy]).toEqual([EXIT.ok, 'events'])
    expect(figures.events).toEqual({ sent: 1_000, acknowledged: 1_000, refused: 0, unanswered: 0, repeated: 0 })
    expect(figures.ackMs.n).toBe(1_000)
    const { events, pulses } = await journey(server)
    expect(events).toMatchObject({ accepted: 1_000, duplicates: 0, lost: 0, rejected: 0 })
    expect(pulses.every(({ touchpoint }: { touchpoint: string }) => /^(load\.|~)/.test(touchpoint))).toBe(true)
    const whole = await http(server, '/v1/pulse?window=total&touchpoint=~journey', { headers: bearer(KEYS.token) })
    expect([whole.body.pulses[0].visitors, figures.visitors]).toEqual([50, 50])
  })

  test('keeps the rate asked for, and measures how long an event takes to a subscriber', async () => {
    const server = await serve(CLOSED)
    const args = ['--url', server.url, '--key', KEYS.service, '--rate', '200', '--batch', '4', '--events', '200']
    const [code, figures] = await load(...args, '--live', '--token', KEYS.token)
    expect(code).toBe(EXIT.ok)
    // Its last batch is due 980 ms after the first: it can't end earlier, whatever the machine.
    expect(figures.seconds).toBeGreaterThan(0.95)
    expect(figures.ratePerSecond).toBe(200)
    expect(figures.liveMs?.n).toBeGreaterThan(0)
  })

  test('ends on request, with the figures so far', async () => {
    const server = await serve()
    const stop = new AbortController()
    const ran = pulssi(['load', '--url', server.url, '--json', '--seconds', '60'], { signal: stop.signal })
    for (let accepted = 0; accepted < 100; ) accepted = (await journey(server)).events.accepted
    stop.abort()
    const { code, out } = await ran
    const figures = JSON.parse(out) as Figures
    expect([code, figures.endedBy]).toEqual([EXIT.ok, 'stopped'])
    expect(figures.events.acknowledged).toBeGreaterThanOrEqual(100)
    expect((await journey(server)).events.accepted).toBe(figures.events.acknowledged)
  })

  test('a server that slows it down is counted, and loses nothing', async () => {
    const server = await serve({ server: { limits: { serviceMessagesPerSecond: 20 } } })
    const [code, figures] = await load('--url', server.url, '--batch', '1', '--connections', '1', '--events', '60')
    expect(code).toBe(EXIT.ok)
    expect(figures.refusals.rateLimited).toBeGreaterThan(0)
    expect(figures.events).toMatchObject({ acknowledged: 60, unanswered: 0 })
    expect((await journey(server)).events).toMatchObject({ accepted: 60, lost: 0 })
  })

  test('prints a table for people', async () => {
    const server = await serve()
    const { code, out } = await pulssi(['load', '--url', server.url, '--events', '40', '--live'])
    expect(code).toBe(EXIT.ok)
    expect(out).toMatch(/^acknowledged +[\d,]+ events\/s$/m)
    expect(out).toMatch(/^ms +p50 +p90 +p99 +max +n$/m)
    expect(out).toMatch(/^event to ack +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +40$/m)
    expect(out).toMatch(/^event to subscriber /m)
  })

  test('no server, a wrong key, too many connections: told at once', async () => {
    const server = await serve({ ...CLOSED, server: { limits: { connectionsPerAddress: 8 } } })
    const wrong = await pulssi(['load', '--url', server.url, '--key', 'sk_wrong', '--events', '1'])
    expect(wrong).toMatchObject({ code: EXIT.refused, out: '', errors: expect.stringContaining('--key') })
    const blind = await pulssi(['load', '--url', server.url, '--key', KEYS.service, '--events', '1', '--live'])
    expect(blind).toMatchObject({ code: EXIT.refused, errors: expect.stringContaining('--token') })
    const many = ['load', '--url', server.url, '--key', KEYS.service, '--connections', '20', '--events', '1']
    expect(await pulssi(many)).toMatchObject({ code: EXIT.refused, errors: expect.stringContaining('--connections') })
    await server.close()
    const gone = await pulssi(['load', '--url', server.url, '--events', '1'])
    expect(gone).toMatchObject({ code: EXIT.refused, errors: expect.stringContaining('pulssi serve') })
  })

  test('servers of others are left alone', async () => {
    const ran = await pulssi(['load', '--url', 'https://pulse.example', '--events', '1'])
    expect(ran).toMatchObject({ code: EXIT.usage, errors: expect.stringContaining('--this-server-is-mine') })
    const tricky = await pulssi(['load', '--url', 'http://127.0.0.1.example:1', '--events', '1'])
    expect(tricky.code).toBe(EXIT.usage)
  })

  test.each([
    ['--events', '0'],
    ['--events', '100000001'],
    ['--seconds', '601'],
    ['--connections', '1001'],
    ['--batch', '101'],
    ['--visitors', '1.5'],
    ['--rate', ''],
  ])('%s %s is out of bounds', async (option, value) => {
    const { code, errors } = await pulssi(['load', option, value])
    expect([code, errors]).toEqual([EXIT.usage, expect.stringContaining('whole number from 1 to')])
  })
})
