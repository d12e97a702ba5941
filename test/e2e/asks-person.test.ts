/** One customer behind several visitors, whose partitions are others than the customer's. */
import type { RunningServer } from '@pulssi/aggregator'
import { type AskFrame, Frame, Kind, type ReplyFrame, type ServerFrame, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { CLOSED, Client, ENTER, post, serve } from './harness.js'

const DEVICE = 2
const RAGE: WireEvent = [Kind.signal, 0, 0, 'rage']
const ASK = { text: { en: 'How is it going?' }, kind: 'csat', touchpoints: ['cart'] }
const SETTINGS = {
  ...CLOSED,
  server: { partitions: 8 },
  asks: [
    { ...ASK, id: 'mood', trigger: { on: 'signal' } },
    { ...ASK, id: 'desk', touchpoints: ['phone'], trigger: { on: 'signal' }, validFor: '1d' },
  ],
  budget: { session: '1ms', every: '0s', afterAnswer: '0s', afterDismissal: '0s', most: '0s' },
}

const isAsk = (frame: ServerFrame): frame is AskFrame | ReplyFrame => frame[0] === Frame.ask
const page = async (server: RunningServer, visitor: string): Promise<Client> =>
  (await Client.page(server, DEVICE, visitor))[0]
const told = async (server: RunningServer, event: object): Promise<void> => {
  const { status, body } = await post(server, JSON.stringify({ at: Date.now(), ...event }))
  expect([status, body]).toMatchObject([200, { rejected: [] }])
}

test('N56: whoever is linked is asked by leave of the customer, and sees what waits for the customer', async () => {
  const server = await serve(SETTINGS)
  const visitors = ['v.a', 'v.b', 'v.c', 'v.d']
  for (const visitor of visitors) await told(server, { visitor, kind: 'link', customer: 'c-1' })
  for (const visitor of visitors) {
    const client = await page(server, visitor)
    await client.acked(client.batch(null, null, 0, [ENTER, RAGE]))
    const ask = (await client.hear(isAsk)) as AskFrame
    expect([ask[1].split('.')[0], ask[2]]).toEqual(['mood', 'cart'])
    await client.acked(client.batch(null, null, 2, [[Kind.feedback, 0, 0, 2, 4, null, ask[1]]]))
  }
  await told(server, { visitor: 'c-1', kind: 'signal', name: 'call', touchpoint: 'phone', channel: 'phone' })
  const client = await page(server, 'v.e')
  await told(server, { visitor: 'v.e', kind: 'link', customer: 'c-1' })
  await client.acked(client.batch(null, null, 0, [ENTER]))
  const ask = (await client.hear(isAsk)) as AskFrame
  expect([ask[1].split('.')[0], ask[2]]).toEqual(['desk', 'phone'])
})
