/** A server that takes up another configuration while it runs: keys, tokens, limits, the journey map. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseConfig, type RunningServer } from '@pulssi/aggregator'
import { Fault, Frame } from '@pulssi/protocol/client'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../aggregator/src/embedded/index.js'
import { RecordType } from '../../aggregator/src/engine/index.js'
import { bearer, CLOSED, Client, dataDir, ENTER, http, KEYS, post, serve } from './harness.js'

const MAIN = fileURLToPath(new URL('../../aggregator/dist/cli/main.js', import.meta.url))

const change = (server: RunningServer, folder: string, settings: object, limits: object = {}) =>
  server.reload(parseConfig({ ...settings, server: { port: 0, dataDir: folder, limits } }))

const subscribe = [Frame.subscribe, 1, ['*'], [0]] as const

test('whose key or token is gone is closed with 4401; the others go on, and the new ones are let in', async () => {
  const folder = dataDir()
  const server = await serve(CLOSED, folder)
  const service = await Client.service(server, 's-1')
  const [page] = await Client.page(server)
  const reader = await Client.reader(server)
  const some = await Client.reader(server, KEYS.some)
  for (const client of [reader, some]) {
    client.send(subscribe)
    await client.hear(frame => frame[0] === Frame.pulse)
  }
  await page.acked(page.batch(null, null, 0, [ENTER]))
  const keys = [{ key: KEYS.page, origins: [KEYS.origin], channels: ['app'] }, { key: 'sk_new' }]
  const readTokens = [{ token: KEYS.some, touchpoints: ['cart'] }]
  expect(await change(server, folder, { keys, readTokens })).toEqual([])
  for (const client of [service, reader]) {
    expect(await client.closed).toEqual({ code: Fault.unauthorized, reason: 'the key or token was revoked' })
  }
  // The key writes to another channel now, and the token sees another touchpoint.
  const denied = page.batch(null, null, 1, [ENTER])
  expect(await page.acked(denied)).toMatchObject([Frame.ack, denied, [[denied, 0, expect.any(Number)]]])
  await some.hear(heard => heard[0] === Frame.pulse && JSON.stringify(heard).includes('cart'))
  expect((await post(server, '')).status).toBe(401)
  expect((await post(server, '', bearer('sk_new'))).status).toBe(200)
  expect((await http(server, '/v1/pulse', { headers: bearer(KEYS.token) })).status).toBe(401)
})

test('an Origin that is no longer listed is closed with 4403; hosts and limits hold at once', async () => {
  const folder = dataDir()
  const server = await serve(CLOSED, folder)
  const [page] = await Client.page(server)
  const keys = [{ key: KEYS.page, origins: ['https://other.example'] }, { key: KEYS.service }]
  await change(server, folder, { ...CLOSED, keys }, { batchEvents: 7 })
  expect((await page.closed).code).toBe(Fault.forbidden)
  await expect(Client.open(server, { origin: KEYS.origin })).rejects.toThrow('403')
  const client = await Client.service(server)
  expect(client.heard.find(frame => frame[0] === Frame.welcome)).toMatchObject({ 4: 7 })
})

test('what can’t change while it runs is named, and stays', async () => {
  const folder = dataDir()
  const server = await serve(CLOSED, folder)
  const config = parseConfig({
    ...CLOSED,
    server: { port: 1, dataDir: `${folder}x`, clock: 'data', limits: { frameBytes: 2_048 } },
    rules: [{ name: 'r', touchpoint: 'cart', figure: 'dropOff', above: 0.5 }],
  })
  const fixed = await server.reload(config)
  expect([...fixed].sort()).toEqual(['server.clock', 'server.dataDir', 'server.limits.frameBytes', 'server.port'])
  const client = await Client.service(server)
  expect(client.heard.find(frame => frame[0] === Frame.welcome)).toMatchObject({ 3: 65_536 })
})

/** How many configurations each partition's log holds. */
const configsIn = async (folder: string, partitions: number): Promise<number[]> => {
  const { log, close } = await openEmbedded(folder, { partitions })
  const counts: number[] = []
  for (let partition = 0; partition < partitions; partition++) {
    const { last } = await log.bounds(partition)
    const stop = new AbortController()
    let count = 0
    read: for await (const entries of log.read(partition, 1, stop.signal)) {
      for (const { sequence, bytes } of entries) {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        for (let at = 0; at < bytes.length; at += view.getUint32(at, true)) {
          if (bytes[at + 4] === RecordType.config) count++
        }
        if (sequence === last) break read
      }
    }
    stop.abort()
    counts.push(count)
  }
  await close()
  return counts
}

test('the journey map goes into every partition’s log once, in order, also over a restart', async () => {
  const folder = dataDir()
  const settings = (idle: string) => ({ ...CLOSED, journey: { touchpoints: { cart: { idle, stage: 'close' } } } })
  const first = await serve({ ...CLOSED, server: { partitions: 3 } }, folder)
  const parse = (idle: string) =>
    parseConfig({ ...settings(idle), server: { port: 0, dataDir: folder, partitions: 3 } })
  await post(first, JSON.stringify({ visitor: 'v-1', at: Date.now(), kind: 'enter', touchpoint: 'cart' }))
  await Promise.all([first.reload(parse('10m')), first.reload(parse('20m')), first.reload(parse('20m'))])
  await post(first, JSON.stringify({ visitor: 'v-2', at: Date.now(), kind: 'enter', touchpoint: 'cart' }))
  const { body } = await http(first, '/v1/pulse?window=1m&touchpoint=cart', { headers: bearer(KEYS.token) })
  expect(body.pulses[0]).toMatchObject({ stage: 'close', visits: { entered: 2 } })
  await first.close()
  expect(await configsIn(folder, 3)).toEqual([3, 3, 3])
  const second = await serve({ ...settings('20m'), server: { partitions: 3 } }, folder)
  await second.close()
  expect(await configsIn(folder, 3)).toEqual([3, 3, 3])
})

test('SIGHUP: a process reads its file again; one that is wrong changes nothing', async () => {
  if (!existsSync(MAIN)) throw new Error('the aggregator is not built: npm run build')
  const folder = dataDir()
  const file = join(folder, 'pulssi.config.json')
  const write = (keys: object[]): void => writeFileSync(file, JSON.stringify({ ...CLOSED, keys }))
  write([{ key: KEYS.service }])
  const args = [MAIN, 'serve', '--config', file, '--port', '0', '--data', join(folder, 'data')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let log = ''
  const said = async (stream: NodeJS.ReadableStream, wanted: RegExp): Promise<string> => {
    for (;;) {
      const found = wanted.exec(log)?.[0]
      if (found !== undefined) {
        log = ''
        return found
      }
      log += String((await once(stream, 'data'))[0])
    }
  }
  const url = (await said(child.stdout, /http:\/\/\S+/)).trim()
  const server = { url, socketUrl: `${url.replace('http', 'ws')}/v1/ws` } as RunningServer
  log = ''
  const client = await Client.service(server, 's-1')
  writeFileSync(file, '{"keys": [{"key": "nonsense"}]}')
  child.kill('SIGHUP')
  expect(await said(child.stderr, /not taken up/)).toBe('not taken up')
  await client.acked(client.batch('v-1', 's-1', 0, [ENTER]))
  write([{ key: 'sk_new' }])
  child.kill('SIGHUP')
  await said(child.stderr, /read again/)
  expect((await client.closed).code).toBe(Fault.unauthorized)
  expect((await post(server, '', bearer('sk_new'))).status).toBe(200)
  expect(readFileSync(file, 'utf8')).toContain('sk_new')
  child.kill('SIGTERM')
  expect((await once(child, 'exit'))[0]).toBe(0)
})
