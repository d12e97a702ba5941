import { expect, test } from 'vitest'
import { CLOSED, KEYS, serve } from './harness.js'

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const event = { stream: 's-1', seq: 0, at: 0, kind: 'enter', touchpoint: 'shop.home', channel: 'web' }

const beacon = async (url: string, body: object) => {
  const answer = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { origin: KEYS.origin, 'content-type': 'text/plain;charset=UTF-8', 'user-agent': AGENT },
    body: JSON.stringify({ key: KEYS.page, sentAt: Date.now(), ...body }),
  })
  expect(answer.status).toBe(200)
  return await answer.json()
}

test('an event of a beacon that names no visitor is of the one that the body names, else of the day', async () => {
  const { url } = await serve(CLOSED)
  const events = [{ ...event, at: Date.now() }]
  const once = { accepted: 1, duplicates: 0, rejected: [] }
  expect(await beacon(url, { visitor: 'p.1', events })).toMatchObject(once)
  expect(await beacon(url, { events })).toMatchObject(once)
  expect(await beacon(url, { visitor: 'p.1', events })).toMatchObject({ accepted: 0, duplicates: 1 })
  expect(await beacon(url, { events })).toMatchObject({ accepted: 0, duplicates: 1 })
  expect(await beacon(url, { visitor: 'host-1', identity: 'host', events })).toMatchObject({ accepted: 0 })
})
