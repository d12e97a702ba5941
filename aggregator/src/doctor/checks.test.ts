import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig, parseConfig } from '../config/index.js'
import { checkConfiguration } from './configuration.js'
import { checkDisk, checkSpace, checkSyncs, growthBytes } from './disk.js'
import type { Finding } from './finding.js'
import { checkFiles, checkJumps, checkMemory, checkNode } from './machine.js'
import { checkPorts } from './ports.js'
import { checkForwards, checkSkew } from './remote.js'

const GIB = 1024 ** 3
const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-doctor-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
const bad = (findings: readonly Finding[]): string[] =>
  findings.filter(({ level }) => level !== 'ok').map(({ check, level }) => `${check} ${level}`)
const judged = (value: unknown): string[] => bad(checkConfiguration(() => parseConfig(value), undefined).findings)

const KEY = { sha256: 'a'.repeat(64) }
const TOKEN = { sha256: 'b'.repeat(64) }

describe('the configuration', () => {
  it('finds nothing in the defaults', () => {
    expect(judged({})).toEqual([])
  })

  it('names every problem by its path', () => {
    const { findings, config } = checkConfiguration(() => parseConfig({ server: { port: -1 }, what: 1 }), 'x.json')
    expect(config).toBeNull()
    expect(findings.map(({ message }) => message.split(':')[0])).toEqual(['server.port', 'what'])
  })

  it('warns of secrets in plain', () => {
    expect(judged({ keys: [{ key: 'sk_desk' }], readTokens: [TOKEN] })).toEqual(['secrets warn'])
    expect(judged({ keys: [KEY], readTokens: [{ token: 'rt' }] })).toEqual(['secrets warn'])
    expect(judged({ keys: [KEY], readTokens: [TOKEN] })).toEqual([])
  })

  it('fails where others can read the file that holds them', () => {
    const file = join(temporary(), 'c.json')
    writeFileSync(file, JSON.stringify({ keys: [{ key: 'sk_desk' }] }), { mode: 0o600 })
    const look = (): string[] => bad(checkConfiguration(() => loadConfig({ file, env: {}, flags: {} }), file).findings)
    expect(look()).toEqual(['secrets warn'])
    chmodSync(file, 0o644)
    expect(look()).toEqual(['secrets warn', 'secrets fail'])
  })

  it('warns of a network without TLS', () => {
    const open = { keys: [KEY], readTokens: [TOKEN] }
    expect(judged({ ...open, server: { host: '0.0.0.0' } })).toEqual(['tls warn'])
    expect(judged({ ...open, server: { host: '0.0.0.0', trustProxy: ['10.0.0.0/8'] } })).toEqual([])
    expect(judged({ ...open, server: { trustProxy: ['0.0.0.0/0'] } })).toEqual(['proxy fail'])
    expect(judged({ ...open, server: { metrics: { host: '0.0.0.0', port: 1 } } })).toEqual(['metrics warn'])
  })
})

describe('the machine', () => {
  it('asks for a Node that is new enough', () => {
    expect(['v20.18.3', 'v20.19.0', 'v18.20.0', 'v22.1.0'].map(version => checkNode(version).level)).toEqual([
      'fail',
      'ok',
      'fail',
      'ok',
    ])
  })

  it('asks for memory, files and an even clock', () => {
    expect([checkMemory(GIB, 2 * GIB).level, checkMemory(1, GIB).level]).toEqual(['ok', 'warn'])
    const files = [checkFiles(200_000, 100_000), checkFiles(1_024, 100_000), checkFiles(null, 1)]
    expect(files.map(({ level }) => level)).toEqual(['ok', 'warn', 'ok'])
    expect([checkJumps([5, 5.2, 5.1]).level, checkJumps([5, 5, 1_005]).level]).toEqual(['ok', 'warn'])
  })
})

describe('the disk', () => {
  it('sees what the log will need', () => {
    expect(growthBytes({ sizeBytes: GIB, hours: 0.1 }, 72)).toBeNull()
    expect(growthBytes({ sizeBytes: GIB, hours: 1 }, 72)).toBe(71 * GIB)
    expect(growthBytes({ sizeBytes: GIB, hours: 80 }, 72)).toBe(0)
    const level = (freeBytes: number, growth: number | null): string => checkSpace(freeBytes, growth, 72).level
    expect([level(1, null), level(GIB / 2, null), level(2 * GIB, 2 * GIB), level(3 * GIB, 2 * GIB)]).toEqual([
      'fail',
      'warn',
      'warn',
      'ok',
    ])
  })

  it('warns of slow syncs', () => {
    expect([checkSyncs([1, 2, 3]).level, checkSyncs([1, 2, 300]).level]).toEqual(['ok', 'warn'])
  })

  it('writes beside nothing and leaves nothing', async () => {
    const folder = temporary()
    const findings = await checkDisk(join(folder, 'not', 'there'), 72)
    expect(findings.map(({ check }) => check)).toEqual(['data', 'disk', 'sync'])
    expect(findings[0]?.level).toBe('ok')
    expect(readdirSync(folder)).toEqual([])
  })

  it('fails on a file where a folder should be', async () => {
    const file = join(temporary(), 'file')
    writeFileSync(file, '')
    expect(bad(await checkDisk(file, 72))).toEqual(['data fail'])
  })
})

describe('the ports', () => {
  it('says that another program has the port', async () => {
    const other = createServer(socket => socket.destroy())
    const port = await new Promise<number>(resolve => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
    })
    onTestFinished(() => void other.close())
    expect(bad(await checkPorts(parseConfig({ server: { port } })))).toEqual(['port fail'])
  })

  it('says that an address is of another machine', async () => {
    const config = parseConfig({ server: { host: '192.0.2.1' }, keys: [KEY] })
    expect(bad(await checkPorts(config))).toEqual(['port fail'])
  })
})

describe('a server that runs', () => {
  it('is off by no more than can be known', () => {
    const now = Date.parse('2026-01-01T00:00:00Z')
    fc.assert(
      fc.property(fc.integer({ min: -2_000, max: 2_000 }), fc.integer({ min: 0, max: 4_000 }), (skew, tripMs) => {
        const date = new Date(Math.floor((now + skew + tripMs / 2) / 1_000) * 1_000).toUTCString()
        expect(checkSkew(date, now, now + tripMs).level).toBe('ok')
      }),
    )
    expect(checkSkew(new Date(now + 10_000).toUTCString(), now, now).level).toBe('warn')
    expect(checkSkew(new Date(now - 90_000).toUTCString(), now, now).level).toBe('fail')
    expect(checkSkew(null, now, now).level).toBe('ok')
  })

  it('tells of a proxy that nobody trusts', () => {
    expect(checkForwards('pulssi_untrusted_forwards_total 0\n').level).toBe('ok')
    expect(checkForwards('# x\npulssi_untrusted_forwards_total 12\n').level).toBe('warn')
  })
})
