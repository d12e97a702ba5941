/** What the server says to people while they are there, or when they come back. */
import type { RunningServer } from '@pulssi/aggregator'
import { type AskFrame, Frame, Kind, Refusal, type ServerFrame, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { bearer, CLOSED, Client, ENTER, http, KEYS, post, serve } from './harness.js'

const DEVICE = 2
const RAGE: WireEvent = [Kind.signal, 0, 0, 'rage']
const NO_BUDGET = { session: '1ms', every: '0s', afterAnswer: '0s', afterDismissal: '0s', most: '0s' }
const SETTINGS = {
  ...CLOSED,
  asks: [
    {
      ...{ id: 'mood', touchpoints: ['cart'], kind: 'csat', comment: true, trigger: { on: 'signal', names: ['rage'] } },
      text: { en: 'How is it going?', fi: 'Miten menee?' },
    },
    { id: 'why', touchpoints: ['cart'], kind: 'text', text: { en: 'Why?' }, trigger: { on: 'host' } },
  ],
  budget: NO_BUDGET,
}

const isAsk = (frame: ServerFrame): frame is AskFrame => frame[0] === Frame.ask
const asked = async (client: Client, from = 0): Promise<AskFrame> => (await client.hear(isAsk, from)) as AskFrame
const page = async (server: RunningServer, visitor: string): Promise<Client> =>
  (await Client.page(server, DEVICE, visitor))[0]
const metric = async (server: RunningServer, name: string): Promise<number> => {
  const { body } = await http(server, '/metrics', { headers: bearer(KEYS.token) })
  return Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\d+)$`, 'm').exec(body)?.[1])
}

test('W70 W72: an ask comes to the open page; its answer counts once, and another visitor’s never', async () => {
  const server = await serve(SETTINGS)
  const own = await page(server, 'v.own')
  const other = await page(server, 'v.other')
  await own.acked(own.batch(null, null, 0, [ENTER, RAGE]))
  const ask = await asked(own)
  expect(ask.slice(2)).toEqual(['cart', 2, ['en', 'How is it going?', 'fi', 'Miten menee?'], [], true, 600_000])
  const answer = (score: number): WireEvent => [Kind.feedback, 0, 0, 2, score, null, ask[1]]
  await other.acked(other.batch(null, null, 0, [ENTER, answer(1)]))
  const denied = await other.hear(frame => frame[0] === Frame.error)
  expect(denied).toMatchObject([Frame.error, Refusal.askDenied, expect.any(String), null, 1, 1])
  await own.acked(own.batch(null, null, 2, [[Kind.ask, 0, 0, ask[1], 0], answer(5)]))
  await own.acked(own.batch(null, null, 4, [answer(1)]))
  expect(await own.hear(frame => frame[0] === Frame.error)).toMatchObject([
    Frame.error,
    Refusal.askDenied,
    expect.any(String),
    null,
    3,
    0,
  ])
  const { body } = await http(server, '/v1/pulse?touchpoint=cart&window=total', { headers: bearer(KEYS.token) })
  expect(body.pulses[0].sentiment).toMatchObject({ score: 1, n: 1 })
  expect(other.heard.filter(isAsk)).toEqual([])
})

test('W71: the host says that a visitor may be asked; it is asked what is configured, and nothing else', async () => {
  const server = await serve(SETTINGS)
  const client = await page(server, 'v.1')
  await client.acked(client.batch(null, null, 0, [ENTER, [Kind.ask, 0, 0, 'nothing', 2], [Kind.ask, 0, 0, 'why', 2]]))
  expect((await asked(client)).slice(2, 5)).toEqual(['cart', 7, ['en', 'Why?']])
  expect(client.heard.filter(isAsk).length).toBe(1)
})

test('W70: an ask for a visitor without a page waits for the next visit, and comes no more once it was seen', async () => {
  const server = await serve({ ...SETTINGS, readTokens: [{ token: KEYS.token, scopes: ['pulse', 'admin'] }] })
  const at = Date.now()
  const event = (kind: string, more: object = {}): string =>
    JSON.stringify({ visitor: 'v.away', stream: 's-0', touchpoint: 'cart', at, kind, ...more })
  expect(
    (await post(server, `${event('enter', { seq: 0 })}\n${event('signal', { seq: 1, name: 'rage' })}`)).body,
  ).toMatchObject({
    accepted: 2,
  })
  const client = await page(server, 'v.away')
  expect(client.heard.filter(isAsk)).toEqual([])
  await client.acked(client.batch(null, null, 0, [ENTER]))
  const ask = await asked(client)
  expect(ask[7]).toBeLessThanOrEqual(600_000)
  await client.acked(client.batch(null, null, 1, [[Kind.ask, 0, 0, ask[1], 0], ENTER, [Kind.ask, 0, 0, ask[1], 1]]))
  // Whatever was said comes before an answer to what is asked now.
  await client.acked(client.batch(null, null, 4, [ENTER, RAGE]))
  expect((await asked(client, client.heard.indexOf(ask) + 1))[1]).not.toBe(ask[1])
  expect(client.heard.filter(isAsk).length).toBe(2)
  expect(await metric(server, 'pulssi_asks_delivered_total{kind="ask"}')).toBe(2)
  expect(await metric(server, 'pulssi_asks_undelivered_total{reason="absent"}')).toBeGreaterThan(0)
})
