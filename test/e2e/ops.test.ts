/** Backup, restore and the other orders, over HTTP and by the command. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import type { RunningServer } from '@pulssi/aggregator'
import type { WireEvent } from '@pulssi/protocol/client'
import { expect, onTestFinished, test } from 'vitest'
import type { Io } from '../../aggregator/src/cli/io.js'
import { run } from '../../aggregator/src/cli/program.js'
import { openEmbedded } from '../../aggregator/src/embedded/index.js'
import { bearer, CLOSED, Client, dataDir, ENTER, http, journey, KEYS, serve } from './harness.js'

const ADMIN = 'rt_admin'
const SETTINGS = {
  ...CLOSED,
  readTokens: [...CLOSED.readTokens, { token: ADMIN, scopes: ['admin', 'pulse'] }],
  server: { partitions: 2 },
}
const EVENTS: readonly WireEvent[] = [ENTER, [3, 0, 0, 2, 1, 'too slow'], [5, 0, 0, 'rage']]

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-ops-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const pulssi = async (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const texts = { stdout: '', stderr: '' }
  stdout.on('data', chunk => {
    texts.stdout += chunk
  })
  stderr.on('data', chunk => {
    texts.stderr += chunk
  })
  const { signal } = new AbortController()
  const io: Io = { stdin: Readable.from([]), stdout, stderr, env, signal, now: Date.now }
  const code = await run(io, args)
  return { code, ...texts }
}

/** What a folder says that it was counted with. */
const foundationOf = async (data: string): Promise<string> => {
  const { store, close } = await openEmbedded(data, { partitions: 2 })
  const found = await store.get('engine/foundation')
  await close()
  return new TextDecoder().decode(found?.value)
}

/** Sends batches of ever new visitors until it is told to stop; resolves with how many were acknowledged. */
const load = async (server: RunningServer, from: number, until: (sent: number) => boolean): Promise<number> => {
  const client = await Client.service(server)
  let sent = from
  while (!until(sent)) {
    for (let i = 0; i < 10; i++) client.batch(`v-${sent + i}`, 's', 0, EVENTS)
    sent += 10
    await client.acked(sent - from)
  }
  client.socket.close()
  return sent
}

test('a backup under load holds all that was acknowledged before it began, and goes on from there', async () => {
  const folder = temporary()
  const archive = join(folder, 'backup.tar')
  const server = await serve(SETTINGS, dataDir())
  const before = await load(server, 0, sent => sent >= 200)
  await server.operations.storeImages()
  let isDone = false
  const backing = pulssi(['backup', archive, '--url', server.url], { PULSSI_TOKEN: ADMIN })
  const loading = load(server, before, () => isDone)
  const ran = await backing
  isDone = true
  const all = await loading
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(ran.stdout)).toMatchObject({ file: archive, partitions: 2 })
  expect(readdirSync(folder)).toEqual(['backup.tar'])

  const data = join(folder, 'data')
  expect(await pulssi(['restore', archive, '--data', data])).toMatchObject({ code: 0, stderr: '' })
  const restored = await serve(SETTINGS, data)
  const { events } = await journey(restored)
  expect(events.accepted).toBeGreaterThanOrEqual(before * EVENTS.length)
  expect(events.accepted).toBeLessThanOrEqual(all * EVENTS.length)
  expect(events.accepted % EVENTS.length).toBe(0)
  // Who lost nothing sends everything again: what the backup holds is known, the rest is taken.
  await load(restored, 0, sent => sent >= all)
  const now = (await journey(restored)).events
  expect(now).toMatchObject({ accepted: all * EVENTS.length, lost: 0, rejected: 0 })
  expect(now.duplicates).toBe(events.accepted)
})

test('a backup of a stopped server gives the same journey; a folder in use and a damaged file are refused', async () => {
  const folder = temporary()
  const data = dataDir()
  const server = await serve(SETTINGS, data)
  await load(server, 0, sent => sent >= 30)
  const archive = join(folder, 'backup.tar')
  const inUse = await pulssi(['backup', archive, '--data', data])
  expect(inUse).toMatchObject({ code: 3, stderr: expect.stringContaining('belongs to the running process') })
  const { events, pulses } = await journey(server)
  await server.close()
  expect(await pulssi(['backup', archive, '--data', data])).toMatchObject({ code: 0 })
  const other = await pulssi(['restore', archive, '--data', data])
  expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining('is not empty') })

  const bytes = readFileSync(archive)
  const cut = join(folder, 'cut.tar')
  writeFileSync(cut, bytes.subarray(0, bytes.length / 2))
  const refused = await pulssi(['restore', cut, '--data', join(folder, 'never')])
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(cut) })
  expect(existsSync(join(folder, 'never'))).toBe(false)
  expect(await pulssi(['restore', join(folder, 'no.tar'), '--data', join(folder, 'never')])).toMatchObject({ code: 2 })

  const copy = join(folder, 'copy')
  expect(await pulssi(['restore', archive, '--data', copy])).toMatchObject({ code: 0 })
  const restored = await serve(SETTINGS, copy)
  const after = await journey(restored)
  expect(after.events).toEqual(events)
  expect(after.pulses.map((pulse: { visits: unknown }) => pulse.visits)).toEqual(
    pulses.map((pulse: { visits: unknown }) => pulse.visits),
  )
})

test('what is known of a visitor is told, then erased, by a running server and a stopped one', async () => {
  const data = dataDir()
  const where = ['--data', data]
  const settings = { ...SETTINGS, journey: { touchpoints: { cart: { stage: 'close', idle: '10m' } } } }
  const server = await serve(settings, data)
  await load(server, 0, sent => sent >= 10)
  const url = ['--url', server.url, '--token', ADMIN]
  const known = JSON.parse((await pulssi(['subject', 'v-1', '--export', ...url])).stdout)
  expect(known).toMatchObject({
    visitor: 'v-1',
    truncated: false,
    state: { trail: [{ touchpoint: 'cart' }], streams: [{ lowestUnseen: 3 }] },
    events: [
      { kind: 'enter', touchpoint: 'cart' },
      { kind: 'feedback', scale: 'csat', score: 1, comment: 'too slow' },
      { kind: 'signal', name: 'rage' },
    ],
  })
  const nothing = { visitor: 'v-1', state: null, events: [], truncated: false }
  expect(await pulssi(['subject', 'v-1', '--erase', ...url])).toMatchObject({ code: 0, stdout: '{"erased":true}\n' })
  expect(JSON.parse((await pulssi(['subject', 'v-1', '--export', ...url])).stdout)).toEqual(nothing)
  expect(await pulssi(['compact', ...url])).toMatchObject({ code: 0, stdout: '{"visitors":1,"segments":3}\n' })
  await server.close()

  const counted = await foundationOf(data)
  expect(counted).toContain('600000')
  expect(JSON.parse((await pulssi(['subject', 'v-1', '--export', ...where])).stdout)).toEqual(nothing)
  expect(JSON.parse((await pulssi(['subject', 'v-2', '--export', ...where])).stdout).events).toHaveLength(3)
  expect(await pulssi(['subject', 'v-2', '--erase', ...where])).toMatchObject({ code: 0 })
  expect(await pulssi(['compact', ...where])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"visitors":1'),
  })
  expect(JSON.parse((await pulssi(['subject', 'v-2', '--export', ...where])).stdout).events).toEqual([])
  expect(await foundationOf(data)).toBe(counted)
})

test('the command says what is wrong with how it is used', async () => {
  const server = await serve(SETTINGS)
  const url = ['--url', server.url]
  const gone = ['--url', 'http://127.0.0.1:9']
  const wrong: [string[], number, string][] = [
    [['subject', 'v-1', ...url], 2, 'either --export or --erase'],
    [['subject', 'v-1', '--export', '--erase', ...url], 2, 'either --export or --erase'],
    [['subject', 'ä', '--export', ...url], 2, 'a visitor is'],
    [['subject', '..', '--erase', ...url], 2, 'use --data'],
    [['subject', 'v-1', '--export', ...url], 4, 'scope admin'],
    [['compact', ...url, '--token', KEYS.token], 4, 'lacks the scope admin'],
    [['compact', ...url, '--token', 'no-such-token'], 4, 'refused (401)'],
    [['compact', '--data', join(temporary(), 'none')], 3, 'is no data folder'],
    [['compact', ...gone], 4, "can't be reached"],
    [['backup', '/nowhere/at/all.tar', ...url, '--token', ADMIN], 2, 'there is no folder'],
    [['backup', ...url], 2, 'missing required argument'],
    [['restore', 'x.tar'], 2, '--data'],
    [['compact', '--url', 'ftp://x'], 2, 'is no address'],
  ]
  for (const [args, code, says] of wrong) {
    expect(await pulssi(args), args.join(' ')).toMatchObject({ code, stderr: expect.stringContaining(says) })
  }
})

test('a backup that is cut on its way leaves nothing behind', async () => {
  const folder = temporary()
  const server = await serve(SETTINGS)
  await load(server, 0, sent => sent >= 100)
  const chunks: Uint8Array[] = []
  for await (const chunk of server.operations.backup()) chunks.push(chunk)
  const whole = Buffer.concat(chunks)
  // A line that breaks in the middle, and one that ends as if that were all.
  for (const cut of [(socket: Socket) => socket.destroy(), () => undefined]) {
    const line = createServer((_, response) => {
      response.write(whole.subarray(0, whole.length / 2), () => {
        if (response.socket !== null) cut(response.socket)
        response.end()
      })
    })
    await new Promise<void>(resolve => {
      line.listen(0, '127.0.0.1', resolve)
    })
    const { port } = line.address() as AddressInfo
    const ran = await pulssi(['backup', join(folder, 'backup.tar'), '--url', `http://127.0.0.1:${port}`])
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('was cut off') })
    expect(readdirSync(folder)).toEqual([])
    await new Promise(resolve => {
      line.close(resolve)
    })
  }
})

test('none but an administrator’s program gives orders', async () => {
  const server = await serve(SETTINGS)
  const json = { 'content-type': 'application/json' }
  const order = (headers: Record<string, string>, body: string | null = '{}', path = '/v1/admin/compact') =>
    http(server, path, { method: 'POST', headers, body })
  const admin = { ...bearer(ADMIN), ...json }
  const refusals: [Promise<{ status: number }>, number][] = [
    [order(json), 401],
    [order({ ...json, ...bearer(KEYS.token) }), 403],
    [order({ ...json, ...bearer(KEYS.service) }), 403],
    [order({ ...admin, origin: KEYS.origin }), 403],
    [order({ ...admin, origin: server.url }), 403],
    [order({ ...admin, 'sec-fetch-site': 'cross-site' }), 403],
    [order({ ...admin, 'sec-fetch-site': 'same-origin' }), 403],
    [order({ ...bearer(ADMIN), 'content-type': 'text/plain' }), 415],
    [order(admin, '{"force":true}'), 400],
    [order(admin, '[]'), 400],
    [order(admin, 'null'), 400],
    [order(admin, '{'), 400],
    [order(admin, ' '.repeat(5_000)), 413],
    [order(admin, '{}', '/v1/admin/nothing'), 404],
    [http(server, '/v1/admin/backup', { headers: admin }), 405],
    [http(server, '/v1/subjects/v-1', { headers: json }), 401],
    [http(server, '/v1/subjects/v-1', { headers: { ...admin, origin: KEYS.origin } }), 403],
    [http(server, '/v1/subjects/v-1', { headers: { ...admin, 'sec-fetch-site': 'cross-site' } }), 403],
    [http(server, '/v1/subjects/%C3%A4', { headers: admin }), 400],
    [http(server, '/v1/subjects/', { headers: admin }), 400],
    [http(server, `/v1/subjects/${'x'.repeat(65)}`, { method: 'DELETE', headers: admin }), 400],
    [http(server, '/v1/subjects/v-1', { method: 'POST', headers: admin, body: '{}' }), 405],
  ]
  for (const [i, [answer, status]] of refusals.entries()) expect((await answer).status, String(i)).toBe(status)
  expect(await order(admin)).toMatchObject({ status: 200, body: { visitors: 0, segments: 0 } })
  expect(await order(admin, '{}', '/v1/admin/image')).toMatchObject({ status: 200, body: { stored: true } })

  const archive = server.operations.backup()
  await archive.next()
  expect(await order(admin)).toMatchObject({ status: 409, body: { error: { code: 'busy' } } })
  expect(await order(admin, '{}', '/v1/admin/backup')).toMatchObject({ status: 409 })
  await archive.return(undefined)
  expect(await order(admin)).toMatchObject({ status: 200 })
})

test('without keys and tokens orders are taken, from this machine’s programs alone', async () => {
  const server = await serve()
  const order = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
  expect(await http(server, '/v1/admin/compact', order)).toMatchObject({ status: 200 })
  const page = { ...order, headers: { ...order.headers, origin: 'http://127.0.0.1:3000' } }
  expect(await http(server, '/v1/admin/compact', page)).toMatchObject({ status: 403 })
})
