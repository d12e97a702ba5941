/** What people write, told while it comes; and what they are answered. */
import type { RunningServer } from '@pulssi/aggregator'
import {
  Frame,
  Kind,
  type ReplyFrame,
  type ServerFrame,
  type VoiceFrame,
  type WireEvent,
} from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { type Answer, bearer, CLOSED, Client, dataDir, ENTER, http, KEYS, post, serve } from './harness.js'

const DEVICE = 2
const CSAT = 2
const CHECKOUT = 'rt_checkout_voice'
const SETTINGS = {
  ...CLOSED,
  readTokens: [
    { token: KEYS.token, scopes: ['pulse', 'voice', 'reply', 'admin'] },
    { token: KEYS.some, scopes: ['pulse', 'voice'] },
    { token: CHECKOUT, touchpoints: ['checkout.*'], scopes: ['pulse', 'voice', 'reply'] },
  ],
}

const isVoice = (frame: ServerFrame): frame is VoiceFrame => frame[0] === Frame.voice
const isReply = (frame: ServerFrame): frame is ReplyFrame => frame[0] === Frame.reply
const textsOf = (client: Client): string[] => client.heard.filter(isVoice).map(frame => frame[6])
const subscribed = async (server: RunningServer, token: string): Promise<Client> => {
  const client = await Client.reader(server, token)
  client.send([Frame.subscribe, 1, ['*'], [0]])
  await client.hear(frame => frame[0] === Frame.pulse)
  return client
}
const said = (visitor: string, comment: string, touchpoint = 'cart'): string =>
  JSON.stringify({ visitor, touchpoint, at: Date.now(), kind: 'feedback', scale: 'csat', score: 2, comment })
/** In the order given, each a moment after the one before. */
const say = async (server: RunningServer, ...comments: [visitor: string, comment: string, touchpoint?: string][]) => {
  for (const comment of comments) expect((await post(server, said(...comment))).body.accepted).toBe(1)
}
const heardText = (client: Client, text: string): Promise<ServerFrame> =>
  client.hear(frame => isVoice(frame) && frame[6] === text)
const get = (server: RunningServer, path: string, token: string = KEYS.token): Promise<Answer> =>
  http(server, path, { headers: bearer(token) })
const reply = (server: RunningServer, id: string, body: unknown, token: string = KEYS.token, more: object = {}) =>
  http(server, `/v1/voice/${id}/reply`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json', ...more },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

test('W74: subscribers hear of comments once they may be shown, as far as they may read them, none twice', async () => {
  const folder = dataDir()
  const server = await serve(SETTINGS, folder)
  await say(server, ['a', 'one'], ['b', 'two'], ['c', 'three'], ['d', 'four'])
  await say(server, ['z', '', 'checkout.pay'])
  const all = await subscribed(server, KEYS.token)
  const checkout = await subscribed(server, CHECKOUT)
  const without = await Client.reader(server, KEYS.token)
  await say(server, ['e', 'five'], ['a', 'six \u001b[31mred\u202e'])
  await heardText(all, 'six red')
  expect(textsOf(all)).toEqual(['one', 'two', 'three', 'four', 'five', 'six red'])
  await say(server, ...'abcde'.split('').map((who): [string, string, string] => [who, `by ${who}`, 'checkout.pay']))
  await heardText(all, 'by e')
  await heardText(checkout, 'by e')
  expect(textsOf(checkout)).toEqual(['by a', 'by b', 'by c', 'by d', 'by e'])
  expect(textsOf(without)).toEqual([])
  const { body } = await get(server, '/v1/voice')
  const ids = new Map<string, string>(body.voices.map(({ id, text }: { id: string; text: string }) => [text, id]))
  for (const [, id, , , scale, score, text] of all.heard.filter(isVoice)) {
    expect([ids.get(text), scale, score]).toEqual([id, CSAT, 2])
  }
  expect(new Set(ids.values()).size).toBe(11)
  await server.close()
  const again = await serve(SETTINGS, folder)
  const late = await subscribed(again, KEYS.token)
  await say(again, ['b', 'after a restart'])
  await heardText(late, 'after a restart')
  expect(textsOf(late)).toEqual(['after a restart'])
  const after = (await get(again, '/v1/voice')).body.voices
  for (const { id, text } of after) if (ids.has(text)) expect(id).toBe(ids.get(text))
})

test('a comment is answered: at once on the open page, or when its visitor comes back, and seen once', async () => {
  const server = await serve(SETTINGS)
  const [page] = await Client.page(server, DEVICE, 'v.here')
  const feedback: WireEvent = [Kind.feedback, 0, 0, CSAT, 1, 'nobody answers']
  await page.acked(page.batch(null, null, 0, [ENTER, feedback]))
  await say(server, ['v.away', 'where are you'], ['c', 'three'], ['d', 'four'], ['e', 'five'])
  const { voices } = (await get(server, '/v1/voice')).body
  const idOf = (text: string): string => voices.find((voice: { text: string }) => voice.text === text).id
  const answer = await reply(server, idOf('nobody answers'), { text: ' We\n do\u202e now ', validFor: '1h' })
  expect(answer).toMatchObject({ status: 200, body: { queued: true } })
  const heard = (await page.hear(isReply)) as ReplyFrame
  expect(heard).toEqual([Frame.reply, answer.body.id, 'cart', 'We  do now', expect.any(Number)])
  expect(heard[4]).toBeLessThanOrEqual(3_601_000)
  expect((await reply(server, idOf('where are you'), { text: 'Here we are' })).status).toBe(200)
  const back = await Client.page(server, DEVICE, 'v.away').then(([client]) => client)
  expect(back.heard.filter(isReply)).toEqual([])
  await back.acked(back.batch(null, null, 0, [ENTER]))
  const waited = (await back.hear(isReply)) as ReplyFrame
  expect(waited[3]).toBe('Here we are')
  await back.acked(back.batch(null, null, 1, [[Kind.ask, 0, 0, waited[1], 0], ENTER]))
  // Of another comment, so that whatever would come again has come by then.
  await back.acked(back.batch(null, null, 3, [[Kind.feedback, 0, 0, CSAT, 5, 'thanks']]))
  const thanks = (await get(server, '/v1/voice')).body.voices[0]
  expect(thanks.text).toBe('thanks')
  await reply(server, thanks.id, { text: 'Any time' }, CHECKOUT)
  await reply(server, thanks.id, { text: 'Any time' })
  await back.hear(frame => isReply(frame) && frame[3] === 'Any time')
  expect(back.heard.filter(isReply).length).toBe(2)
})

test('answers are for who has the scope, to comments that it sees, in words that fit', async () => {
  const server = await serve({ ...SETTINGS, server: { limits: { repliesPerTokenPerMinute: 20 } } })
  await say(server, ['a', 'one'], ['b', 'two'], ['c', 'three'], ['d', 'four'], ['e', 'five'])
  await say(server, ['a', 'held back', 'checkout.pay'])
  const { id } = (await get(server, '/v1/voice')).body.voices[0]
  const good = { text: 'So it is' }
  const statusOf = async (...asked: Parameters<typeof reply>): Promise<number> => (await reply(...asked)).status
  expect(await statusOf(server, id, good, KEYS.some)).toBe(403)
  expect(await statusOf(server, id, good, 'rt_wrong')).toBe(401)
  expect(await statusOf(server, id, good, KEYS.token, { origin: KEYS.origin })).toBe(403)
  expect(await statusOf(server, id, good, KEYS.token, { 'content-type': 'text/plain' })).toBe(415)
  expect(await statusOf(server, id, good, CHECKOUT)).toBe(404)
  expect(await statusOf(server, `v${'A'.repeat(16)}`, good)).toBe(404)
  expect(await statusOf(server, 'x', good)).toBe(404)
  const bad = ['{', [], {}, { text: 7 }, { text: '' }, { text: '\u0000\u202e ' }, { text: 'a'.repeat(301) }]
  const badToo = [
    { ...good, to: 'a' },
    { ...good, validFor: '31d' },
    { ...good, validFor: 60 },
  ]
  for (const body of [...bad, ...badToo]) expect(await statusOf(server, id, body)).toBe(400)
  expect(await statusOf(server, id, 'x'.repeat(9_000))).toBe(413)
  expect(await statusOf(server, id, good)).toBe(200)
  const again = await reply(server, id, { text: 'And again' })
  expect(again).toMatchObject({ status: 409, body: { error: { code: 'answered' } } })
  let last = again
  for (let i = 0; i < 20 && last.status !== 429; i++) last = await reply(server, id, good)
  expect(last.status).toBe(429)
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await get(server, '/metrics')).body).toContain('pulssi_replies_total 1\n')
})
