import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nkeys } from '@nats-io/transport-node'
import { afterEach, describe, expect, test } from 'vitest'
import { natsOptions, parseConfig } from '../../aggregator/src/config/index.js'
import { type Nats, type NatsOptions, NatsUnusable, openNats } from '../../aggregator/src/nats/index.js'
import { makeCertificate } from '../tools/certificate.js'
import { readSome, text, untext } from './event-log.js'
import { makeOperator } from './nats-operator.js'
import { NatsServer } from './nats-server.js'

let closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  closing = []
})

const JETSTREAM = 'max_payload: 8MB\n jetstream { store_dir: "FOLDER" }'

const started = async (settings: string): Promise<NatsServer> => {
  const server = await NatsServer.start(`${JETSTREAM}\n${settings}`)
  closing.push(() => server.dispose())
  return server
}

/** As a configuration says it. */
const optionsOf = (server: NatsServer, nats: object, project = 'shop'): NatsOptions => {
  const value = { project, server: { partitions: 2, nats: { servers: [`nats://${server.url}`], ...nats } } }
  return natsOptions(parseConfig(value, 'test', { SECRET: 'right' }), randomUUID())
}

const opened = async (options: NatsOptions): Promise<Nats> => {
  const nats = await openNats(options)
  closing.push(() => nats.close())
  return nats
}

const whyOf = async (options: NatsOptions): Promise<string> => {
  const error = await openNats(options).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(NatsUnusable)
  return (error as NatsUnusable).why
}

const written = (name: string, content: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-access-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

/** Something of everything that a member does. */
const works = async ({ log, bus, store }: Nats): Promise<void> => {
  const { last } = await log.bounds(0)
  expect(await log.append(0, text('a'))).toBe(last + 1)
  expect(await log.append(0, text('b'))).toBe(last + 2)
  expect((await readSome(log, 0, last + 1, 2)).map(({ bytes }) => untext(bytes))).toEqual(['a', 'b'])
  await log.trim(0, last + 2)
  expect((await log.bounds(0)).first).toBe(last + 2)
  const revision = await store.put('lease/a', text('v'), 0)
  expect(await store.put('lease/a', text('w'), revision)).not.toBeNull()
  expect(await store.keys('lease/')).toEqual(['lease/a'])
  expect(untext((await store.get('lease/a'))?.value ?? text(''))).toBe('w')
  await store.delete('lease/a')
  await store.putBlob('image/0', [text('one'), text('two')])
  const chunks: string[] = []
  for await (const chunk of (await store.getBlob('image/0')) ?? []) chunks.push(untext(chunk))
  expect(chunks.join('')).toBe('onetwo')
  expect(await store.blobs('image/')).toEqual(['image/0'])
  await store.deleteBlob('image/0')
  const heard = new Promise(resolve => bus.subscribe('partial.>', resolve))
  const telling = setInterval(() => bus.publish('partial.0', text('p')), 5)
  expect(untext((await heard) as Uint8Array)).toBe('p')
  clearInterval(telling)
}

describe('a member shows who it is', () => {
  test('by user and password, and is refused at once with the wrong ones', async () => {
    const server = await started('authorization { user: "pulssi", password: "right" }')
    await works(await opened(optionsOf(server, { user: 'pulssi', password: 'env:SECRET' })))
    expect(await whyOf(optionsOf(server, { user: 'pulssi', password: 'wrong' }))).toBe('refused')
    const waited: unknown[] = []
    const options = { ...optionsOf(server, {}), onWaiting: (error: unknown) => waited.push(error) }
    expect(await whyOf(options)).toBe('refused')
    expect(waited).toEqual([])
  })

  test('and hears of it once it is let in no more', async () => {
    const allowing = (password: string): string =>
      `${JETSTREAM}\nauthorization { user: "pulssi", password: "${password}" }`
    const server = await started('authorization { user: "pulssi", password: "right" }')
    const options = optionsOf(server, { user: 'pulssi', password: 'right' })
    const ended: NatsUnusable[] = []
    const told = new Promise<void>(resolve => {
      const onEnded = (error: NatsUnusable): void => {
        if (ended.push(error) === 3) resolve()
      }
      void opened({ ...options, onEnded }).then(async () => {
        await server.kill()
        server.settings = allowing('another')
        await server.start()
      })
    })
    await told
    expect(ended.map(({ why }) => why)).toEqual(['refused', 'refused', 'refused'])
    expect(ended[0]?.message).toContain('refuses the credentials')
  })

  test('by a token', async () => {
    const server = await started('authorization { token: "right" }')
    await works(await opened(optionsOf(server, { token: 'env:SECRET' })))
    expect(await whyOf(optionsOf(server, { token: 'wrong' }))).toBe('refused')
  })

  test('by the seed of an nkey in a file', async () => {
    const [ours, other] = [nkeys.createUser(), nkeys.createUser()]
    const server = await started(`authorization { users: [{ nkey: ${ours.getPublicKey()} }] }`)
    const seedOf = (key: typeof ours): string => written('user.nk', `${Buffer.from(key.getSeed())}\n`)
    await works(await opened(optionsOf(server, { credentials: seedOf(ours) })))
    expect(await whyOf(optionsOf(server, { credentials: seedOf(other) }))).toBe('refused')
  })

  test('by the credentials that an operator’s account gives out, each account by itself', async () => {
    const operator = makeOperator(['shop', 'other'])
    const server = await started(operator.settings)
    const credentials = (account: string): string => written('user.creds', operator.credentials(account))
    const shop = await opened(optionsOf(server, { credentials: credentials('shop') }))
    await works(shop)
    await shop.log.append(1, text('mine'))
    const other = await opened(optionsOf(server, { credentials: credentials('other') }))
    expect(await other.log.bounds(1)).toEqual({ first: 1, last: 0 })
    expect(await whyOf(optionsOf(server, { credentials: written('x.creds', operator.stranger()) }))).toBe('refused')
  })
})

test('a server that is not there yet is waited for by whoever is told of it', async () => {
  const server = await started('')
  await server.kill()
  let tell = (_: NatsUnusable): void => undefined
  const waiting = new Promise<NatsUnusable>(resolve => {
    tell = resolve
  })
  const first = opened({ ...optionsOf(server, {}), onWaiting: error => tell(error) })
  const told = await Promise.race([waiting, first])
  expect(told).toMatchObject({ why: 'unreachable', message: expect.stringContaining('no NATS server answers') })
  await server.start()
  await works(await first)
})

describe('TLS', () => {
  const tls = (verify = ''): [settings: string, cert: string, key: string] => {
    const { cert, key } = makeCertificate('nats')
    const [certFile, keyFile] = [written('cert.pem', cert), written('key.pem', key)]
    return [`tls { cert_file: "${certFile}", key_file: "${keyFile}" ${verify} }`, certFile, keyFile]
  }

  test('speaks with whom the given authority has signed, and with nobody else', async () => {
    const [settings, ca] = tls()
    const server = await started(settings)
    await works(await opened(optionsOf(server, { tls: { ca } })))
    expect(await whyOf(optionsOf(server, { tls: { ca: written('other.pem', makeCertificate('other').cert) } }))).toBe(
      'refused',
    )
    expect(await whyOf(optionsOf(server, {}))).toBe('refused')
  })

  test('is never left out where it was asked for', async () => {
    const server = await started('')
    const secret = { user: 'pulssi', password: 'right' }
    expect(await whyOf(optionsOf(server, { ...secret, tls: {} }))).toBe('refused')
    expect(await whyOf(optionsOf(server, { ...secret, servers: [`tls://${server.url}`] }))).toBe('refused')
  })

  test('shows a certificate of its own where the server asks for one', async () => {
    const { cert, key } = makeCertificate('member')
    const [cert1, key1] = [written('m.pem', cert), written('m.key', key)]
    const [settings, ca] = tls(`, ca_file: "${cert1}", verify: true`)
    const server = await started(settings)
    await works(await opened(optionsOf(server, { tls: { ca, cert: cert1, key: key1 } })))
    await expect(openNats(optionsOf(server, { tls: { ca } }))).rejects.toBeInstanceOf(NatsUnusable)
  })
})

describe('accounts and permissions', () => {
  test('what one account does another neither sees nor harms', async () => {
    const account = (name: string): string =>
      `${name} { jetstream: enabled, users: [{ user: ${name}, password: right }] }`
    const server = await started(`accounts { ${account('one')}, ${account('two')} }`)
    const open = (user: string): Promise<Nats> => opened(optionsOf(server, { user, password: 'right' }))
    const [one, two] = [await open('one'), await open('two')]
    await one.log.append(0, text('a'))
    await one.store.put('k', text('v'), 0)
    const heard: string[] = []
    two.bus.subscribe('x.>', bytes => heard.push(untext(bytes)))
    await two.store.get('k')
    one.bus.publish('x.y', text('one'))
    const own = new Promise(resolve => two.bus.subscribe('x.>', resolve))
    const telling = setInterval(() => two.bus.publish('x.y', text('two')), 5)
    await own
    clearInterval(telling)
    expect(new Set(heard)).toEqual(new Set(['two']))
    expect(await two.log.bounds(0)).toEqual({ first: 1, last: 0 })
    expect(await two.store.get('k')).toBeNull()
  })

  test('an account without JetStream is told so at once', async () => {
    const server = await started('accounts { one { users: [{ user: one, password: right }] } }')
    const options = optionsOf(server, { user: 'one', password: 'right' })
    expect(await whyOf(options)).toBe('unfit')
    await expect(openNats(options)).rejects.toThrow(/account/)
  })

  const permitted = (publish: readonly string[], subscribe: readonly string[]): string => {
    const list = (subjects: readonly string[]): string => subjects.map(subject => JSON.stringify(subject)).join(', ')
    const permissions = `publish: [${list(publish)}], subscribe: [${list(subscribe)}]`
    return `authorization { users: [{ user: pulssi, password: right, permissions: { ${permissions} } }] }`
  }
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const USER = { user: 'pulssi', password: 'right' }

  test('a member needs no more than these subjects', async () => {
    const documented = readFileSync(new URL('../../docs/CLUSTER.md', import.meta.url), 'utf8')
    for (const subject of [...PUBLISH, ...SUBSCRIBE])
      expect(documented).toMatch(
        new RegExp(`^ *(publish:|subscribe:)? *${escaped(subject.replace('shop', 'PROJECT'))}$`, 'm'),
      )
    const server = await started(permitted(PUBLISH, SUBSCRIBE))
    await works(await opened(optionsOf(server, USER)))
  })

  test('a subject that it may not use is an error at once', async () => {
    const publish = PUBLISH.filter(subject => !subject.includes('STREAM.CREATE'))
    const server = await started(permitted(publish, SUBSCRIBE))
    await expect(openNats(optionsOf(server, USER))).rejects.toThrow(/permissions/i)
  })
})

/** As docs/CLUSTER.md lists them. */
const PUBLISH = [
  'pulssi.shop.>',
  '$KV.pulssi-shop-values.>',
  '$O.pulssi-shop-blobs.>',
  '$JS.API.INFO',
  '$JS.API.STREAM.INFO.*',
  '$JS.API.STREAM.CREATE.*',
  '$JS.API.STREAM.PURGE.*',
  '$JS.API.STREAM.MSG.GET.*',
  '$JS.API.CONSUMER.CREATE.>',
  '$JS.API.CONSUMER.INFO.*.*',
  '$JS.API.CONSUMER.DELETE.*.*',
  '$JS.API.CONSUMER.MSG.NEXT.*.*',
]
const SUBSCRIBE = ['pulssi.shop.>']
