/** Who was asked, answered, commented, was linked and replied to, and is forgotten, is gone from every byte too. */
import type { RunningServer } from '@pulssi/aggregator'
import type { AskFrame, ReplyFrame } from '@pulssi/protocol/client'
import { createPulse, type PulseClient } from '@pulssi/sdk'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { bearer, CLOSED, dataDir, http, KEYS, serve } from './harness.js'
import { idKeyOf, type Sought, traces } from './traces.js'

const PARTITIONS = 4
const PATIENT = { timeout: 10_000 }
const STAFF = 'rt_staff'
const SETTINGS = {
  ...CLOSED,
  readTokens: [...CLOSED.readTokens, { token: STAFF, scopes: ['admin', 'voice', 'reply', 'pulse'] }],
  server: { partitions: PARTITIONS },
  asks: [
    {
      ...{ id: 'mood', touchpoints: ['cart'], kind: 'csat', comment: true, text: { en: 'How is it going?' } },
      trigger: { on: 'signal', names: ['rage'] },
    },
    { id: 'why', touchpoints: ['cart'], kind: 'text', text: { en: 'Why?' }, trigger: { on: 'host' } },
  ],
  budget: { session: '1ms', every: '0s', afterAnswer: '0s', afterDismissal: '0s', most: '0s' },
}

const CUSTOMER = 'customer-77-e1b4'
const COMMENT = 'maksaminen on aivan liian hidasta'
const ANSWER = 'koska kortti ei kelvannut'
const REPLY = 'olemme pahoillamme ja korjaamme sen'
const ALMA: Sought = { id: 'v.alma-9f3a', hashed: [], texts: [COMMENT, ANSWER, REPLY] }
const GONE: readonly Sought[] = [ALMA, { id: CUSTOMER, hashed: [], texts: [] }]
const BERTTA = 'v.bertta-2c7d'

class PageSocket extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, { origin: KEYS.origin })
  }
}

const open = (server: RunningServer, options: Partial<Parameters<typeof createPulse>[0]>): PulseClient => {
  const pulse = createPulse({ url: server.socketUrl, key: KEYS.service, identity: 'host', ...options })
  onTestFinished(() => pulse.close())
  return pulse
}
const page = (server: RunningServer, visitor: string): PulseClient =>
  open(server, { key: KEYS.page, visitor, WebSocket: PageSocket as never })

const asked = (pulse: PulseClient): Promise<AskFrame> =>
  new Promise(resolve => {
    const off = pulse.on('ask', ask => {
      off()
      resolve(ask)
    })
  })

const staff = (server: RunningServer, path: string, body?: object) =>
  http(server, path, {
    headers: { ...bearer(STAFF), 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })

/** Asks, answers, a comment, and an answer to it that she hasn't seen when she is forgotten. */
const talk = async (server: RunningServer, alma: PulseClient): Promise<void> => {
  alma.enter('cart')
  const mood = asked(alma)
  alma.signal('cart', 'rage')
  const [, id] = await mood
  alma.asked('cart', id, 'shown')
  alma.feedback('cart', { scale: 'csat', score: 1, comment: COMMENT, ask: id })
  const why = asked(alma)
  alma.asked('cart', 'why', 'wanted')
  alma.feedback('cart', { ask: (await why)[1], text: ANSWER })
  await alma.flush()
  const voices = async () => (await staff(server, '/v1/voice?touchpoint=*')).body.voices
  await expect.poll(async () => (await voices()).map(({ text }: { text: string }) => text), PATIENT).toContain(COMMENT)
  const { id: voice } = (await voices()).find(({ text }: { text: string }) => text === COMMENT)
  const replied = new Promise<ReplyFrame>(resolve => alma.on('reply', resolve))
  expect(await staff(server, `/v1/voice/${voice}/reply`, { text: REPLY })).toMatchObject({ status: 200 })
  expect((await replied)[3]).toBe(REPLY)
}

/** Another visitor of the same customer is asked, so that partitions tell each other of it. */
const linked = async (server: RunningServer, service: PulseClient): Promise<void> => {
  for (const visitor of [ALMA.id, BERTTA]) service.as(visitor).link({ customer: CUSTOMER })
  await service.flush()
  const bertta = page(server, BERTTA)
  bertta.enter('cart')
  const ask = asked(bertta)
  bertta.signal('cart', 'rage')
  bertta.asked('cart', (await ask)[1], 'dismissed')
  await bertta.flush()
  await bertta.close()
}

const known = async (server: RunningServer, id: string) => (await server.operations.exportSubject(id)).state?.asks

test('asked, answered, linked, replied to, forgotten and compacted: nothing in the folder tells of it', async () => {
  const folder = dataDir()
  const first = await serve(SETTINGS, folder)
  const service = open(first, {})
  for (let i = 0; i < 5; i++) service.as(`p.${i}`).feedback('cart', { scale: 'csat', score: 5 })
  await service.flush()
  const alma = page(first, ALMA.id)
  await linked(first, service)
  await talk(first, alma)
  expect(await known(first, ALMA.id)).toMatchObject({
    ...{ linked: true, dismissals: 0, outstanding: null },
    replies: [{ touchpoint: 'cart', text: REPLY }],
  })
  await expect.poll(async () => known(first, CUSTOMER), PATIENT).toMatchObject({ linked: true, dismissals: 0 })
  await Promise.all([alma.close(), service.close()])
  await first.close()
  const key = await idKeyOf(folder, PARTITIONS)
  const before = traces(folder, key, GONE)
  for (const what of ['hash', 'comment', 'numbers']) {
    expect(before.some(trace => trace.startsWith(`${what} of ${ALMA.id} in /`))).toBe(true)
  }
  expect(before.some(trace => trace.startsWith(`hash of ${CUSTOMER} in /log`))).toBe(true)
  // The id itself is never written, a customer's as little as a visitor's.
  expect(before.filter(trace => trace.startsWith('id of'))).toEqual([])

  const server = await serve(SETTINGS, folder)
  expect(await page(server, ALMA.id).forget()).toBe(true)
  expect(await open(server, {}).as(CUSTOMER).forget()).toBe(true)
  for (const { id } of GONE) {
    await expect
      .poll(() => server.operations.exportSubject(id), PATIENT)
      .toEqual({ visitor: id, state: null, events: [], truncated: false })
  }
  expect(await known(server, BERTTA)).toMatchObject({ linked: false, dismissals: 1 })
  const { body } = await staff(server, '/v1/voice?touchpoint=*')
  expect(body.voices).toEqual([])
  expect(await staff(server, '/v1/admin/compact', {})).toMatchObject({ status: 200, body: { visitors: GONE.length } })
  expect(traces(folder, key, GONE)).toEqual([])
  await server.close()
  expect(traces(folder, key, GONE)).toEqual([])

  const again = await serve(SETTINGS, folder)
  const { events } = await again.operations.exportSubject(BERTTA)
  expect(events.filter(({ kind }) => kind === 'link')).toMatchObject([{ person: '0'.repeat(16) }])
  expect(await known(again, BERTTA)).toMatchObject({ linked: false, dismissals: 1 })
})
