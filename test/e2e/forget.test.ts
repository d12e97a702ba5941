/** After an erasure and a compaction nothing in the data folder tells of the visitor, and nobody else's numbers move. */
import type { RunningServer } from '@pulssi/aggregator'
import { Frame, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { bearer, CLOSED, Client, dataDir, ENTER, http, journey, serve } from './harness.js'
import { idKeyOf, type Sought, traces } from './traces.js'

const ADMIN = 'rt_admin'
const PARTITIONS = 2
const SETTINGS = {
  ...CLOSED,
  readTokens: [...CLOSED.readTokens, { token: ADMIN, scopes: ['admin'] }],
  server: { partitions: PARTITIONS },
}

interface Person extends Sought {
  readonly stream: string
  readonly place: string
  readonly comment: string
}

const person = (name: string, place: string): Person => {
  const stream = `stream-${name}-77c1`
  const comment = `näin ${name} sanoi: liian hidas`
  return { id: `visitor-${name}-9f3a`, stream, place, comment, hashed: [stream], texts: [comment] }
}

const GONE = ['alma', 'bertta', 'cecilia', 'daavid'].map(name => person(name, 'cart'))
const STAYING = Array.from({ length: 12 }, (_, i) => person(`nro${i}`, 'checkout.payment'))

const RETURNING = person('eeva', 'phone.support')

const SAID = (comment: string): readonly WireEvent[] => [ENTER, [3, 0, 0, 2, 1, comment], [5, 0, 0, 'rage']]

const told = async (server: RunningServer, people: readonly Person[], round: number): Promise<void> => {
  const client = await Client.service(server)
  let last = 0
  for (const { id, stream, comment, place } of people) last = client.batch(id, stream, round * 3, SAID(comment), place)
  await client.acked(last)
  client.socket.close()
}

/** Of the touchpoint that only those who stay have met. */
const theirNumbers = async (server: RunningServer): Promise<unknown> => {
  const { pulses } = await journey(server)
  const {
    clock: _,
    ageMs: __,
    ...numbers
  } = pulses.find(({ touchpoint }: { touchpoint: string }) => touchpoint === 'checkout.payment')
  return numbers
}

const order = (server: RunningServer, what: string) =>
  http(server, `/v1/admin/${what}`, {
    method: 'POST',
    headers: { ...bearer(ADMIN), 'content-type': 'application/json' },
    body: '{}',
  })

test('forgotten and compacted is gone from every byte, and nobody else notices', async () => {
  const folder = dataDir()
  const first = await serve(SETTINGS, folder)
  await told(first, [...GONE, ...STAYING], 0)
  await first.close()
  const key = await idKeyOf(folder, PARTITIONS)
  const everybody = traces(folder, key, [...GONE, ...STAYING])
  for (const { id } of [...GONE, ...STAYING]) {
    expect(everybody.some(trace => trace.startsWith(`hash of ${id} in /log`))).toBe(true)
    expect(everybody.some(trace => trace.startsWith(`hash of ${id} in /store`))).toBe(true)
    expect(everybody.some(trace => trace.startsWith(`comment of ${id} in /log`))).toBe(true)
  }

  const server = await serve(SETTINGS, folder)
  await told(server, [...GONE, ...STAYING], 1)
  const before = await theirNumbers(server)
  const [alma, bertta, cecilia, daavid] = GONE as [Person, Person, Person, Person]
  const service = await Client.service(server)
  for (const [i, { id }] of [alma, bertta].entries()) service.send([Frame.forget, i + 1, id])
  await service.acked(2)
  const erased = await http(server, `/v1/subjects/${cecilia.id}`, { method: 'DELETE', headers: bearer(ADMIN) })
  expect([erased.status, erased.body]).toEqual([200, { erased: true }])
  await server.operations.eraseSubject(daavid.id)
  for (const { id } of GONE) {
    const known = await server.operations.exportSubject(id)
    expect(known).toEqual({ visitor: id, state: null, events: [], truncated: false })
  }
  // More comes meanwhile, also from one who is forgotten and comes back as if it were new.
  await told(server, STAYING, 2)
  await told(server, [RETURNING], 0)
  await server.operations.eraseSubject(RETURNING.id)
  const returned = { ...RETURNING, stream: 'stream-returned', comment: 'takaisin jo nyt' }
  await told(server, [returned], 0)
  const back = { ...alma, stream: 'another-stream', comment: 'takaisin taas' }
  const between = await theirNumbers(server)
  const compacted = await order(server, 'compact')
  expect(compacted).toMatchObject({ status: 200, body: { visitors: GONE.length + 1 } })
  expect(compacted.body.segments).toBeGreaterThan(0)
  expect(traces(folder, key, GONE)).toEqual([])
  const { id: _, ...old } = RETURNING
  expect(traces(folder, key, [{ ...old, id: 'nobody-at-all' }])).toEqual([])
  const { events: since } = await server.operations.exportSubject(RETURNING.id)
  expect(since.map(({ comment }) => comment)).toEqual([undefined, returned.comment, undefined])
  expect(await theirNumbers(server)).toEqual(between)
  expect(before).toMatchObject({ visits: { entered: STAYING.length, views: STAYING.length }, visitors: STAYING.length })
  const { pulses, events } = await journey(server)
  expect(pulses.find(({ touchpoint }: { touchpoint: string }) => touchpoint === 'cart')).toMatchObject({
    visits: { entered: GONE.length, views: GONE.length, unseen: GONE.length, active: 0 },
    sentiment: { n: GONE.length * 2, visitors: GONE.length },
    visitors: GONE.length,
  })
  await server.close()
  expect(traces(folder, key, GONE)).toEqual([])

  const again = await serve(SETTINGS, folder)
  expect(await theirNumbers(again)).toEqual(between)
  expect((await journey(again)).events).toEqual(events)
  await told(again, [back], 0)
  expect((await again.operations.exportSubject(alma.id)).events).toHaveLength(3)
  expect(await order(again, 'compact')).toMatchObject({ status: 200, body: { visitors: 0, segments: 0 } })
  expect((await again.operations.exportSubject(alma.id)).events).toHaveLength(3)
  await again.close()
  expect(traces(folder, key, GONE.slice(1))).toEqual([])
  const third = await serve(SETTINGS, folder)
  expect(await theirNumbers(third)).toEqual(between)
})
