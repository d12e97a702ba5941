/** From a folder into a cluster, and back, with everything that was counted. */
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RunningServer } from '@pulssi/aggregator'
import { Frame } from '@pulssi/protocol/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbedded } from '../../aggregator/src/embedded/index.js'
import { restore } from '../../aggregator/src/ops/index.js'
import { ListedShelf } from '../../aggregator/src/worker/index.js'
import { NatsServer } from '../contract/nats-server.js'
import { pulssi } from './command.js'
import { bearer, Client, dataDir, http, serve } from './harness.js'
import { ALL, SETTINGS, send, tenDays } from './past.js'

const PARTITIONS = 2
const PLACE = 'checkout.payment'
const RULE = { name: 'payment hurts', touchpoint: PLACE, figure: 'sentiment', below: -0.2, window: '5m' }
const PROJECT = 'moved'
const DATA = { ...SETTINGS, project: PROJECT, rules: [RULE] }
const SERVER = { clock: 'data', partitions: PARTITIONS }
/** Behind all that the ten days hold. */
const LATEST = Date.UTC(2025, 3, 6)
const VISITORS = 12
const FIRING = 1

let nats: NatsServer
beforeAll(async () => {
  nats = await NatsServer.start()
})
afterAll(() => nats.dispose())

/** Visitors who say why they are unhappy, one a second. */
const unhappy = (): string[] =>
  Array.from({ length: VISITORS }, (_, i) => {
    const event = { visitor: `u-${i}`, stream: 's', touchpoint: PLACE }
    const answer = { kind: 'feedback', scale: 'csat', score: 1, comment: `reason ${i}` }
    const at = LATEST + i * 1_000
    return [
      { ...event, seq: 0, at, kind: 'enter' },
      { ...event, seq: 1, at: at + 1, ...answer },
    ].map(one => JSON.stringify(one))
  }).flat()

interface Told {
  readonly journey: string
  readonly hour: string
  readonly days: string
  readonly hours: string
  readonly voices: string
  readonly incidents: string
}

/** All that a reader is told, to the byte. */
const told = async (server: RunningServer): Promise<Told> => {
  const text = async (path: string): Promise<string> => {
    const response = await fetch(server.url + path)
    expect([path, response.status]).toEqual([path, 200])
    return response.text()
  }
  return {
    journey: await text('/v1/journey?window=total'),
    hour: await text('/v1/journey?window=1h'),
    days: await text(`/v1/history?touchpoint=*&touchpoint=~*&step=day&${ALL}`),
    hours: await text(`/v1/history?touchpoint=~journey&step=hour&${ALL}`),
    voices: await text(`/v1/voice?touchpoint=${PLACE}`),
    incidents: await text('/v1/incidents'),
  }
}

/** Listens; the function that it resolves with waits until an incident fires. */
const firing = async (server: RunningServer): Promise<() => Promise<unknown>> => {
  const client = await Client.open(server)
  client.send([Frame.hello, null, 0, null, null, null, 'test'])
  client.send([Frame.subscribe, 1, [PLACE], [0]])
  await client.hear(frame => frame[0] === Frame.pulse)
  return () => client.hear(frame => frame[0] === Frame.incident && frame[4] === FIRING)
}

/** Takes what the images hold out of the log, as retention does. */
const trimmed = async (folder: string): Promise<void> => {
  const embedded = await openEmbedded(folder, { partitions: PARTITIONS })
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const through = await embedded.log.rotate(partition)
    const [newest = 0] = await new ListedShelf(embedded.store, partition).sequences()
    await embedded.log.trim(partition, Math.min(through, newest) + 1)
    expect((await embedded.log.bounds(partition)).first).toBeGreaterThan(1)
  }
  await embedded.close()
}

/** Sends them once more; resolves with how many were known. */
const resent = async (server: RunningServer, lines: readonly string[]): Promise<unknown> => {
  const headers = { ...bearer('sk_any'), 'content-type': 'application/x-ndjson' }
  return (await http(server, '/v1/events', { method: 'POST', headers, body: lines.join('\n') })).body
}

test('a server’s data goes into a cluster and back; nothing of it changes, and nothing is counted twice', async () => {
  const posts = [...tenDays(15), unhappy()]
  const folder = dataDir()
  const first = await serve({ ...DATA, server: SERVER }, folder)
  const fires = await firing(first)
  for (const lines of posts) await send(first, lines)
  await fires()
  await first.operations.eraseSubject('v-3')
  const before = await told(first)
  expect(JSON.parse(before.days).rows.length).toBeGreaterThan(50)
  expect(before.voices).toContain(`reason ${VISITORS - 1}`)
  expect(before.incidents).toContain('firing')
  await first.close()
  await trimmed(folder)

  const scratch = dataDir()
  const archive = join(scratch, 'backup.tar')
  const config = join(scratch, 'pulssi.config.json')
  writeFileSync(config, JSON.stringify({ project: PROJECT }))
  expect(await pulssi(['backup', archive, '--data', folder])).toMatchObject({ code: 0, errors: '' })
  const args = ['restore', archive, '--nats', `nats://${nats.url}`, '--config', config]
  const ran = await pulssi(args)
  expect(ran).toMatchObject({ code: 0, errors: expect.stringContaining('set server.partitions') })
  expect(JSON.parse(ran.out)).toMatchObject({ project: PROJECT, partitions: PARTITIONS })
  expect(await pulssi(args)).toMatchObject({ code: 3, errors: expect.stringContaining('has streams of the project') })

  const gone = ['restore', archive, '--nats', 'nats://127.0.0.1:9', '--config', config]
  expect(await pulssi(gone)).toMatchObject({ code: 4, out: '' })
  expect(await pulssi([...args, '--data', join(scratch, 'x')])).toMatchObject({ code: 2 })

  const cluster = { ...SERVER, nats: { servers: [`nats://${nats.url}`] } }
  const second = await serve({ ...DATA, server: cluster })
  expect(await told(second)).toEqual(before)
  // Streams of long before are forgotten, in either form.
  expect(await resent(second, unhappy())).toMatchObject({ accepted: 0, duplicates: 2 * VISITORS })
  const { events } = JSON.parse(before.journey)
  const now = (await http(second, '/v1/journey?window=total')).body.events
  expect([now.accepted, now.lost]).toEqual([events.accepted, events.lost])
  const after = await told(second)
  expect([after.days, after.voices]).toEqual([before.days, before.voices])

  const again = join(scratch, 'again.tar')
  await pipeline(Readable.from(second.operations.backup()), createWriteStream(again))
  await second.close()
  const copy = join(scratch, 'copy')
  await restore(again, copy)
  const third = await serve({ ...DATA, server: SERVER }, copy)
  expect(await told(third)).toEqual(after)
})
