import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConfigError, loadConfig, natsOptions, parseConfig, ROLES } from './index.js'

const AT = ['nats://127.0.0.1:4222']

const problemsOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`).join('\n')
    throw error
  }
  return ''
}
const wrong = (server: object): string => problemsOf(() => parseConfig({ server }, 'test', {}))

const written = (name: string, content: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

describe('server.nats', () => {
  test('makes it a cluster of 16 partitions, with all roles', () => {
    const { server } = parseConfig({ server: { nats: { servers: AT } } })
    expect(server).toMatchObject({ partitions: 16, roles: ROLES, workers: 1, nats: { servers: AT, replicas: 1 } })
    expect(parseConfig({ server: { partitions: 3, nats: { servers: AT } } }).server.partitions).toBe(3)
    expect(parseConfig({}).server).toMatchObject({ partitions: 1, roles: ROLES, workers: 1 })
  })

  test('takes addresses of hosts with or without scheme and port, and no others', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constant('[::1]'))
    const address = fc
      .tuple(fc.constantFrom('', 'nats://', 'tls://'), host, fc.option(fc.nat({ max: 65_535 })))
      .map(([scheme, name, port]) => `${scheme}${name}${port === null ? '' : `:${port}`}`)
    fc.assert(
      fc.property(address, server => {
        expect(wrong({ nats: { servers: [server] } })).toBe('')
      }),
    )
    for (const server of ['', 'http://a:1', 'nats://', 'a b', 'ws://a', 'nats://a:port', 'nats://a/b'])
      expect(wrong({ nats: { servers: [server] } })).toMatch(/^server\.nats\.servers\[0\]: is no address/)
    expect(wrong({ nats: { servers: [] } })).toMatch(/^server\.nats\.servers/)
  })

  test('never repeats a password that stands in an address', () => {
    const problem = wrong({ nats: { servers: ['nats://pulssi:hunter2@a:4222'] } })
    expect(problem).toMatch(/^server\.nats\.servers\[0\]: holds a user or a password/)
    expect(problem).not.toContain('hunter2')
  })

  test('says who it is in one way, wholly', () => {
    const nats = (more: object): string => wrong({ nats: { servers: AT, ...more } })
    expect(nats({ user: 'a', password: 'b' })).toBe('')
    expect(nats({ user: 'a' })).toMatch(/^server\.nats\.password: is missing/)
    expect(nats({ password: 'a' })).toMatch(/^server\.nats\.user: is missing/)
    expect(nats({ user: 'a', password: 'b', token: 'c' })).toMatch(/^server\.nats\.token: leave it out/)
    expect(nats({ tls: { cert: 'a' } })).toMatch(/^server\.nats\.tls\.key: is missing/)
    expect(nats({ tls: { key: 'a' } })).toMatch(/^server\.nats\.tls\.cert: is missing/)
    expect(nats({ replicas: 2 })).toMatch(/^server\.nats\.replicas/)
    expect(nats({ password: 'env:NONE', user: 'a' })).toBe('server.nats.password: the environment has no NONE: set it')
  })

  test('takes its secrets from the environment', () => {
    const value = { server: { nats: { servers: AT, token: 'env:TOKEN' } } }
    expect(natsOptions(parseConfig(value, 'test', { TOKEN: 't' }), 'me').connection).toMatchObject({ token: 't' })
  })
})

describe('roles and workers', () => {
  test('are for clusters alone', () => {
    expect(wrong({ roles: ['worker'] })).toMatch(/^server\.roles: without server\.nats/)
    expect(wrong({ workers: 2 })).toMatch(/^server\.workers: without server\.nats/)
    expect(wrong({ nats: { servers: AT }, roles: ['gateway'], workers: 2 })).toMatch(/^server\.workers: no worker/)
    expect(wrong({ nats: { servers: AT }, roles: ['worker', 'worker'] })).toMatch(/^server\.roles: names a role twice/)
    expect(wrong({ nats: { servers: AT }, roles: [] })).toMatch(/^server\.roles/)
  })

  test('flags beat the environment, which beats the file', () => {
    const file = written(
      'c.json',
      JSON.stringify({ server: { nats: { servers: ['a'], replicas: 3 }, roles: ['alerts'] } }),
    )
    const env = { PULSSI_NATS: 'b, c', PULSSI_ROLE: 'gateway,worker', PULSSI_WORKERS: '4' }
    const { server } = loadConfig({ file, env, flags: { nats: 'd:1,e' } })
    expect(server.nats).toEqual({ servers: ['d:1', 'e'], replicas: 3 })
    expect(server).toMatchObject({ roles: ['gateway', 'worker'], workers: 4 })
    expect(loadConfig({ file, env, flags: {} }).server.nats?.servers).toEqual(['b', 'c'])
    expect(problemsOf(() => loadConfig({ file, env: { ...env, PULSSI_ROLE: 'boss' }, flags: {} }))).toMatch(
      /roles\[0\]/,
    )
    expect(problemsOf(() => loadConfig({ file, env: { ...env, PULSSI_WORKERS: 'x' }, flags: {} }))).toMatch(/workers/)
  })
})

describe('natsOptions', () => {
  const optionsOf = (nats: object) =>
    natsOptions(parseConfig({ project: 'shop', server: { nats: { servers: AT, ...nats } } }), 'me')

  test('names the connection, and keeps all its subjects among those of the project', () => {
    const { connection, partitions, replicas, project } = optionsOf({ replicas: 3 })
    expect(connection).toEqual({ servers: AT, name: 'pulssi shop me', inboxPrefix: 'pulssi.shop.inbox' })
    expect([partitions, replicas, project]).toEqual([16, 3, 'shop'])
  })

  test('asks for TLS where an address does', () => {
    expect(optionsOf({ servers: ['tls://a:1'] }).connection.tls).toEqual({})
    expect(optionsOf({ servers: ['nats://a:1'] }).connection.tls).toBeUndefined()
  })

  test('says which file can’t be used, without its content', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const key = written('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
    const noise = written('noise', 'SUSECRET-AND-BROKEN')
    const problems = (nats: object): string => problemsOf(() => optionsOf(nats))
    expect(problems({ credentials: '/none/at/all' })).toMatch(/^server\.nats\.credentials: can't be read: ENOENT/)
    expect(problems({ credentials: noise })).toMatch(/^server\.nats\.credentials: .* doesn't hold credentials$/)
    expect(problems({ credentials: noise })).not.toContain('SUSECRET')
    expect(problems({ tls: { ca: key } })).toMatch(/^server\.nats\.tls\.ca: .* doesn't hold a certificate/)
    expect(problems({ tls: { cert: noise, key } })).toMatch(/^server\.nats\.tls\.cert/)
    expect(problems({ tls: { cert: key, key: noise } })).toMatch(
      /server\.nats\.tls\.key: .* doesn't hold a private key/,
    )
    expect(problemsOf(() => natsOptions(parseConfig({}), 'me'))).toMatch(/^server\.nats: is missing/)
  })
})
