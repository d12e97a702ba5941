/** After an erasure and a compaction nothing in the data folder tells of the visitor, and nobody else's numbers move. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningServer } from '@pulssi/aggregator'
import { Frame, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../aggregator/src/embedded/index.js'
import { IdHash } from '../../aggregator/src/engine/index.js'
import { bearer, CLOSED, Client, dataDir, ENTER, http, journey, serve } from './harness.js'

const ADMIN = 'rt_admin'
const PARTITIONS = 2
const SETTINGS = {
  ...CLOSED,
  readTokens: [...CLOSED.readTokens, { token: ADMIN, scopes: ['admin'] }],
  server: { partitions: PARTITIONS },
}

interface Person {
  readonly id: string
  readonly stream: string
  readonly place: string
  readonly comment: string
}

const person = (name: string, place: string): Person => ({
  id: `visitor-${name}-9f3a`,
  stream: `stream-${name}-77c1`,
  place,
  comment: `näin ${name} sanoi: liian hidas`,
})

const GONE = ['alma', 'bertta', 'cecilia', 'daavid'].map(name => person(name, 'cart'))
const STAYING = Array.from({ length: 12 }, (_, i) => person(`nro${i}`, 'checkout.payment'))

const RETURNING = person('eeva', 'phone.support')

const SAID = (comment: string): readonly WireEvent[] => [ENTER, [3, 0, 0, 2, 1, comment], [5, 0, 0, 'rage']]

/** Every file of a folder with its bytes. */
const filesIn = (folder: string): [string, Buffer][] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, Buffer][] => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [[path, readFileSync(path)]]
  })

const flipped = (bytes: Buffer): Buffer => Buffer.from([...bytes].reverse())

/** Base64 of bytes wherever they lie in what was encoded: each of three places gives other letters. */
const inBase64 = (bytes: Buffer): string[] =>
  [0, 1, 2].flatMap(before => {
    const letters = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const sure = letters.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')]
  })

/** All the forms in which bytes could have been written. */
const formsOf = (bytes: Buffer): Buffer[] => {
  const hex = bytes.toString('hex')
  return [bytes, ...[hex, hex.toUpperCase(), ...inBase64(bytes)].map(text => Buffer.from(text, 'latin1'))]
}

const hashForms = (key: readonly [number, number], id: string): Buffer[] => {
  const { hi, lo } = new IdHash(key).of(id)
  const words = [hi, lo].map(word => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(word)
    return bytes
  })
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = words
  const orders = [Buffer.concat([first, second]), Buffer.concat([second, first])]
  return [...orders, ...orders.map(flipped)].flatMap(formsOf)
}

/** Which of these people a folder still knows by, and where. */
const traces = (folder: string, key: readonly [number, number], people: readonly Person[]): string[] => {
  const files = filesIn(folder)
  return people.flatMap(({ id, stream, comment }) => {
    const sought = {
      id: formsOf(Buffer.from(id)),
      hash: hashForms(key, id),
      stream: [...formsOf(Buffer.from(stream)), ...hashForms(key, stream)],
      comment: [...formsOf(Buffer.from(comment)), ...formsOf(Buffer.from(comment, 'utf16le'))],
    }
    return Object.entries(sought).flatMap(([what, forms]) =>
      files.flatMap(([path, bytes]) =>
        forms.some(form => bytes.includes(form)) ? [`${what} of ${id} in ${path.slice(folder.length)}`] : [],
      ),
    )
  })
}

const keyOf = async (folder: string): Promise<readonly [number, number]> => {
  const { store, close } = await openEmbedded(folder, { partitions: PARTITIONS })
  const kept = JSON.parse(new TextDecoder().decode((await store.get('engine/foundation'))?.value))
  await close()
  return kept.key
}

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
  const key = await keyOf(folder)
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
