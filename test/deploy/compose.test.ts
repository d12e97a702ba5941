/** The compose file: what it names is there, and every service is bounded, watched and allowed little. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../aggregator/src/config/index.js'
import { root } from '../package/pack.js'
import { interpolated, readCompose, readDeployed, secrets } from './files.js'

const { services, networks, volumes } = readCompose()
const { proxy } = services
const all = Object.entries(services)
const config = parseConfig(JSON.parse(readDeployed('pulssi.config.json')), 'the configuration', secrets())

/** `SOURCE:TARGET` or `SOURCE:TARGET:ro` */
const sourceOf = (volume: string): string => volume.split(':')[0] ?? ''
const hostsIn = (text: string): string[] =>
  [...text.matchAll(/\b((?:gateway|worker|nats)-\d+):/g)].map(([, host = '']) => host)

describe('compose.yaml', () => {
  test('has three NATS nodes, two gateways, two workers, one proxy', () => {
    const count = (start: string): number => all.filter(([name]) => name.startsWith(start)).length
    expect([count('nats-'), count('gateway-'), count('worker-'), count('proxy')]).toEqual([3, 2, 2, 1])
  })

  test.each(all)('%s is bounded and may do little', (_, service) => {
    expect(service.image).toMatch(/^[a-z]+:\d+\.\d+\.\d+(-[a-z]+)?$/)
    expect(service.mem_limit).toMatch(/^\d+[mg]$/)
    expect(service.cpus).toBeGreaterThan(0)
    expect(service.read_only).toBe(true)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(service.restart).toMatch(/^(unless-stopped|on-failure:\d+|no)$/)
  })

  test.each(all.filter(([name]) => name !== 'volumes-owner'))('%s runs as nobody special', (_, { user }) => {
    expect(user).toMatch(/^(node|1000:1000)$/)
  })

  test('the one that runs as root touches no network', () => {
    expect(services['volumes-owner']).toMatchObject({ user: 'root', network_mode: 'none', cap_add: ['CHOWN'] })
  })

  test.each(all.filter(([, { restart }]) => restart === 'unless-stopped'))(
    '%s is watched, and given time to end',
    (_, service) => {
      const words = service.healthcheck?.test ?? []
      expect(words[0]).toBe('CMD')
      for (const word of words) expect(word).toBeTypeOf('string')
      expect(service.stop_grace_period).toMatch(/^\d+s$/)
    },
  )

  test.each(all)('what %s names is there', (_, service) => {
    for (const name of service.networks ?? []) expect(networks).toHaveProperty(name)
    for (const source of (service.volumes ?? []).map(sourceOf)) {
      if (source.startsWith('./')) expect(existsSync(join(root, 'examples/deploy', source)), source).toBe(true)
      else expect(volumes).toHaveProperty(source)
    }
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(services).toHaveProperty(name)
      const awaited = services[name]
      if (condition === 'service_healthy') expect(awaited?.healthcheck).toBeDefined()
      else
        expect([condition, awaited?.restart]).toEqual([
          'service_completed_successfully',
          expect.stringMatching(/^no$|^on-failure/),
        ])
    }
    for (const text of Object.values(service.environment ?? {}))
      expect(() => interpolated(text, secrets())).not.toThrow()
  })

  test('every volume and network has a user', () => {
    const used = all.flatMap(([, service]) => [...(service.volumes ?? []).map(sourceOf), ...(service.networks ?? [])])
    for (const name of [...Object.keys(volumes), ...Object.keys(networks)]) expect(used).toContain(name)
  })

  test('nothing but the proxy is to be reached from outside', () => {
    expect(all.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['proxy'])
    const caddy = readDeployed('Caddyfile')
    for (const port of proxy?.ports ?? []) expect(caddy).toMatch(new RegExp(`http.*_port ${port.split(':')[1]}`))
  })

  test('the roles are all there, and each in more than one process', () => {
    const roles = all.flatMap(([, { command = [] }]) => command[command.indexOf('--role') + 1]?.split(',') ?? [])
    for (const role of ['gateway', 'worker', 'alerts']) expect(roles.filter(one => one === role)).toHaveLength(2)
  })
})

describe('the configuration', () => {
  test('names the nodes, and the password that they take', () => {
    const { PULSSI_NATS_PASSWORD: password } = secrets()
    expect(config.server.nats?.servers).toEqual(['nats-1:4222', 'nats-2:4222', 'nats-3:4222'])
    expect(config.server.nats).toMatchObject({
      user: 'pulssi',
      password: password,
      replicas: 3,
    })
  })

  test('lets processes be called by their names', () => {
    const called = all.filter(([, { command }]) => command?.[0] === 'serve').map(([name]) => name)
    expect(config.server.hosts).toEqual(expect.arrayContaining(called))
  })

  test('believes the proxy’s side, and no more', () => {
    const { front } = networks
    expect(config.server.trustProxy).toEqual(front?.ipam?.config.map(({ subnet }) => subnet))
    expect(proxy?.networks).toEqual(['front'])
  })

  test('asks readers for a token', () => {
    expect(config.jwt).toHaveLength(1)
  })
})

test.each(['Caddyfile', 'nginx.conf'])('%s knows both gateways and the public name, and no other', file => {
  const text = readDeployed(file)
  expect(new Set(hostsIn(text))).toEqual(new Set(['gateway-1', 'gateway-2']))
  expect(text).toContain(`${config.server.hosts[0]}`)
  for (const [, port] of text.matchAll(/gateway-\d:(\d+)/g)) expect(Number(port)).toBe(config.server.port)
})

test('Prometheus asks every process, at the port of the metrics', () => {
  const called = all.filter(([, { command }]) => command?.[0] === 'serve').map(([name]) => name)
  const targets = called.map(name => `${name}:${config.server.metrics?.port}`)
  const text = readDeployed('prometheus.yaml')
  expect([...text.matchAll(/"(\S+:\d+)"/g)].map(([, target]) => target)).toEqual(targets)
})
