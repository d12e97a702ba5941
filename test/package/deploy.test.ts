/** The image's recipe and the unit of systemd: well-formed, hardened, and true of the program that they start. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OVERRIDES } from '../../aggregator/src/config/load.js'
import { root } from './pack.js'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-deploy-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('Dockerfile', () => {
  const text = read('Dockerfile')
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter(line => line !== '')
    .map(line => /^(\w+) +(.*)$/.exec(line)?.slice(1) as [string, string])
  const all = (name: string): string[] => lines.filter(([one]) => one === name).map(([, rest]) => rest)
  const last = lines.slice(lines.map(([name]) => name).lastIndexOf('FROM'))
  const one = (name: string): string => last.find(([found]) => found === name)?.[1] ?? ''
  const MAIN = '/opt/pulssi/aggregator/dist/cli/main.js'
  const health = JSON.parse(/CMD (\[.*\])$/.exec(one('HEALTHCHECK'))?.[1] ?? '[]') as string[]

  test('is well-formed', () => {
    expect(validate(text)).toEqual([])
  })

  test('builds on releases that are named to the last number', () => {
    const images = all('FROM').map(rest => rest.split(' ')[0] ?? '')
    const outside = images.filter(image => !all('FROM').some(rest => rest.endsWith(` AS ${image}`)))
    expect(outside.length).toBeGreaterThan(0)
    for (const image of outside) expect(image).toMatch(/^node:\d+\.\d+\.\d+-[a-z-]+$/)
  })

  test('runs as nobody special, and that user owns nothing of the program', () => {
    expect(one('USER')).toBe('node')
    const copies = last.filter(([name]) => name === 'COPY').map(([, rest]) => rest)
    expect(copies.length).toBeGreaterThan(0)
    for (const copy of copies) expect(copy).toContain('--chown=root:root')
    expect(all('ADD')).toEqual([])
  })

  test('copies what is there, and leaves out what a machine has left behind', () => {
    const sources = all('COPY')
      .filter(rest => !rest.startsWith('--'))
      .flatMap(rest => rest.split(' ').slice(0, -1))
    expect(sources.filter(source => !existsSync(join(root, source)))).toEqual([])
    const ignored = read('.dockerignore').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['.git', '**/node_modules', '**/dist', '.pulssi', '**/.env*']))
  })

  test('starts the command, with variables that it knows', () => {
    expect(JSON.parse(one('ENTRYPOINT'))).toEqual(['node', MAIN])
    expect(existsSync(join(root, MAIN.replace('/opt/pulssi/', '')))).toBe(true)
    const known = ['PULSSI_CONFIG', ...Object.values(OVERRIDES).map(({ variable }) => variable)]
    const names = [...one('ENV').matchAll(/(\w+)=/g)].map(([, name]) => name).filter(name => name !== 'NODE_ENV')
    expect(names.length).toBeGreaterThan(3)
    expect(names.filter(name => !(known as unknown[]).includes(name))).toEqual([])
  })

  test('its check of health tells a server that lives from none, and SIGTERM ends that in order', async () => {
    const env = { ...process.env, PULSSI_PORT: '0', PULSSI_DATA: join(folder, 'data'), PULSSI_LOG_LEVEL: 'error' }
    const args = [join(root, 'aggregator/dist/cli/main.js'), ...(JSON.parse(one('CMD')) as string[])]
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const [said] = await once(child.stdout, 'data')
    const port = /:(\d+)\s*$/.exec(String(said))?.[1] ?? ''
    const check = (): number | null =>
      spawnSync(process.execPath, health.slice(1), { env: { ...env, PULSSI_PORT: port } }).status
    expect(health[0]).toBe('node')
    expect(check()).toBe(0)
    child.kill(one('STOPSIGNAL') as NodeJS.Signals)
    expect((await exited)[0]).toBe(0)
    expect(check()).toBe(1)
  })
})

const UNITS = { 'pulssi.service': 'pulssi.service', 'pulssi@.service': 'pulssi@gateway.service' }

describe.each(Object.entries(UNITS))('%s', (name, instance) => {
  const text = read(`deploy/${name}`)
  const unit = new Map<string, string[]>()
  let section = ''
  for (const line of text.split('\n').filter(line => line !== '' && !line.startsWith('#'))) {
    section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section
    const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (key !== '') unit.set(`${section}.${key}`, [...(unit.get(`${section}.${key}`) ?? []), value])
  }

  test('has its three parts', () => {
    expect([...text.matchAll(/^\[(\w+)\]$/gm)].map(([, name]) => name)).toEqual(['Unit', 'Service', 'Install'])
  })

  test('starts the command with options that it has', () => {
    const [program, ...words] = unit.get('Service.ExecStart')?.[0]?.split(' ') ?? []
    expect(program).toMatch(/^\/.*\/pulssi$/)
    const help = spawnSync(process.execPath, [join(root, 'aggregator/dist/cli/main.js'), words[0] ?? '', '--help'])
    for (const option of words.filter(word => word.startsWith('--'))) expect(String(help.stdout)).toContain(option)
  })

  test('has a user of its own, and a folder where it keeps anything', () => {
    expect(unit.get('Service.User')).toEqual(['pulssi'])
    const [command = ''] = unit.get('Service.ExecStart') ?? []
    expect(unit.has('Service.StateDirectory')).toBe(command.includes('--data /var/lib/pulssi'))
    expect(command).toContain(instance === name ? '--data' : '--role %i')
  })

  test.each([
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['NoNewPrivileges', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['PrivateTmp', 'yes'],
    ['PrivateDevices', 'yes'],
    ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX'],
    ['SystemCallArchitectures', 'native'],
  ])('takes away what it has no need of: %s', (key, value) => {
    expect(unit.get(`Service.${key}`)).toEqual([value])
  })

  test('lets V8 compile', () => {
    expect(unit.has('Service.MemoryDenyWriteExecute')).toBe(false)
  })

  test('systemd, where there is one, has nothing to say against it', () => {
    const file = join(folder, instance)
    writeFileSync(file, text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`))
    const release = Number(/\d+/.exec(String(spawnSync('systemd-analyze', ['--version']).stdout))?.[0] ?? 0)
    // Older ones don't know all that the unit takes away.
    if (release < 250) return
    const { stderr } = spawnSync('systemd-analyze', ['verify', file])
    expect(`${stderr}`.split('\n').filter(line => line.includes(instance))).toEqual([])
    const exposure = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file])
    expect(exposure.status, `${exposure.stdout}`.slice(-60)).toBe(0)
  })
})
