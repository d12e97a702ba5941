/** HTTPS and WSS by the server itself. */
import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import tlsModule, { connect, type TLSSocket } from 'node:tls'
import { parseConfig, type RunningServer } from '@pulssi/aggregator'
import { Fault } from '@pulssi/protocol/client'
import { expect, onTestFinished, test } from 'vitest'
import { type Certificate, makeCertificate } from '../tools/certificate.js'
import { bearer, CLOSED, Client, dataDir, ENTER, KEYS, serve } from './harness.js'

interface Files {
  readonly cert: string
  readonly key: string
}

const put = ({ cert, key }: Files, made: Certificate): void => {
  writeFileSync(cert, made.cert)
  writeFileSync(key, made.key, { mode: 0o600 })
}

const setUp = async (): Promise<{ server: RunningServer; made: Certificate; tls: Files; folder: string }> => {
  const folder = dataDir()
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const made = makeCertificate('first')
  put(tls, made)
  return { server: await serve({ ...CLOSED, server: { tls } }, join(folder, 'data')), made, tls, folder }
}

const status = (server: RunningServer, ca: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const call = request(`${server.url}/v1/pulse`, { ca, headers, agent: false }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    call.on('error', reject)
    call.end()
  })

const handshake = (server: RunningServer, options: object): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false, ...options })
    onTestFinished(() => {
      socket.destroy()
    })
    socket.once('secureConnect', () => resolve(socket))
    socket.once('error', reject)
  })

test('it reads and writes over TLS, and its own pages are those over https', async () => {
  const { server, made } = await setUp()
  expect([server.url, server.socketUrl]).toEqual([expect.stringMatching(/^https:/), expect.stringMatching(/^wss:/)])
  expect(await status(server, made.cert, bearer(KEYS.token))).toBe(200)
  expect(await status(server, made.cert, { ...bearer(KEYS.token), origin: server.url })).toBe(200)
  const plain = server.url.replace('https', 'http')
  expect(await status(server, made.cert, { ...bearer(KEYS.token), origin: plain })).toBe(403)
  const client = await Client.open(server, { ca: made.cert })
  client.send([1, KEYS.service, 0, null, null, 's-1', 'test'])
  await client.acked(client.batch('v-1', 's-1', 0, [ENTER]))
  client.send([5, KEYS.service])
  expect((await client.closed).code).toBe(Fault.forbidden)
})

/** As on a machine that is set up to speak with the oldest. */
const allowOldVersions = (): void => {
  const defaults = tlsModule as { DEFAULT_MIN_VERSION: string; DEFAULT_CIPHERS: string }
  const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = defaults
  Object.assign(defaults, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: 'DEFAULT@SECLEVEL=0' })
  onTestFinished(() => {
    Object.assign(defaults, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS })
  })
}

test('old versions and plain HTTP get nothing, and harm nothing', async () => {
  allowOldVersions()
  const { server, made } = await setUp()
  expect((await handshake(server, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2')
  await expect(
    handshake(server, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  ).rejects.toThrow()
  for (const bytes of ['GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', '\u0016\u0003\u0001'.repeat(1_000)]) {
    const heard = await new Promise<string>(resolve => {
      let text = ''
      const socket = connectPlain(server.port, '127.0.0.1', () => socket.end(bytes))
      socket.on('data', data => {
        text += data.toString('latin1')
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(text))
    })
    expect(heard).not.toMatch(/ 200 |alive|pulses/)
  }
  expect(await status(server, made.cert, bearer(KEYS.token))).toBe(200)
})

test('a fresh certificate is taken up while it runs; a broken one is refused, and the old one stays', async () => {
  const { server, tls, folder } = await setUp()
  const config = parseConfig({ ...CLOSED, server: { port: 0, dataDir: join(folder, 'data'), tls } })
  const name = async (): Promise<unknown> => (await handshake(server, {})).getPeerCertificate().subject.CN
  expect(await name()).toBe('first')
  put(tls, makeCertificate('second'))
  expect(await server.reload(config)).toEqual([])
  expect(await name()).toBe('second')
  writeFileSync(tls.key, makeCertificate('third').key)
  await expect(server.reload(config)).rejects.toThrow(/server\.tls: .*belong together/)
  writeFileSync(tls.cert, 'nothing')
  await expect(server.reload(config)).rejects.toThrow(/server\.tls/)
  expect(await name()).toBe('second')
})

test('a start without the files is refused, and says which', async () => {
  const folder = dataDir()
  const tls = { cert: join(folder, 'none.pem'), key: join(folder, 'none.key') }
  await expect(serve({ server: { tls } }, join(folder, 'data'))).rejects.toThrow(
    /server\.tls\.cert: .*ENOENT[\s\S]*tls\.key/,
  )
})
