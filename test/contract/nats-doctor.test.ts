/** `pulssi doctor --nats` as it is called, against a real server. */
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Tenancy } from '../../aggregator/src/cluster/index.js'
import { type Nats, openNats } from '../../aggregator/src/nats/index.js'
import { systemClock } from '../../aggregator/src/ports.js'
import { pulssi } from '../e2e/command.js'
import { dataDir } from '../e2e/harness.js'
import { NatsServer } from './nats-server.js'

let server: NatsServer
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())

interface Told {
  readonly check: string
  readonly level: string
  readonly message: string
  readonly todo: string | null
}

const PARTITIONS = 2
const newProject = (): string => `p${randomUUID().slice(0, 8)}`

/** What it finds of the cluster, in order. */
const doctor = async (project: string, urls = server.url): Promise<[code: number, Told[]]> => {
  const file = `${dataDir()}/c.json`
  writeFileSync(file, JSON.stringify({ project, server: { port: 0, partitions: PARTITIONS } }))
  const { code, out } = await pulssi(['doctor', '--json', '--config', file, '--nats', urls])
  const { findings } = JSON.parse(out) as { findings: Told[] }
  return [code, findings.slice(findings.findIndex(({ check }) => check === 'nats'))]
}

const opened = async (project: string): Promise<Nats> => {
  const nats = await openNats({ connection: { servers: server.url }, project, partitions: PARTITIONS })
  onTestFinished(() => nats.close())
  return nats
}

const holding = async ({ store, bus }: Nats, role: string, names: string[]): Promise<void> => {
  const logger = pino({ level: 'silent' })
  const options = { store, bus, clock: systemClock, logger, role, owner: 'here-1', names, onLeave: async () => {} }
  const taken = new Set<string>()
  await new Promise<void>((resolve, reject) => {
    const onTake = async ({ name }: { readonly name: string }): Promise<void> => {
      if (taken.add(name).size === names.length) resolve()
    }
    Tenancy.open({ ...options, onTake }).then(tenancy => onTestFinished(() => tenancy.drain()), reject)
  })
}

const brief = (findings: readonly Told[]): string[] => findings.map(({ check, level }) => `${check} ${level}`)

describe('pulssi doctor --nats', () => {
  test('says what is missing', async () => {
    const [code, findings] = await doctor(newProject())
    expect(code).toBe(1)
    expect(brief(findings)).toEqual(['nats ok', 'round trip ok', 'skew ok', 'account ok', 'streams fail'])
    expect(findings.at(-1)?.todo).toBe('pulssi nats init')
  })

  test('names the server, what is kept there, and who holds what', async () => {
    const project = newProject()
    const nats = await opened(project)
    const [alone, before] = await doctor(project)
    expect([alone, brief(before.slice(-2))]).toEqual([0, ['leases warn', 'leases warn']])
    await holding(nats, 'worker', ['partition/0', 'partition/1'])
    await holding(nats, 'alerts', ['alerts'])
    const [code, findings] = await doctor(project)
    expect(code).toBe(0)
    const rest = ['account ok', 'streams ok', 'copies warn', 'leases ok', 'leases ok']
    expect(brief(findings)).toEqual(['nats ok', 'round trip ok', 'skew ok', ...rest])
    expect(findings[0]?.message).toMatch(/^NATS server .* \d+\.\d+\.\d+$/)
    expect(findings.at(-2)?.message).toBe('2 of the role worker are held, here-1: 2')
  })

  test('fails where a partition has no owner', async () => {
    const project = newProject()
    await holding(await opened(project), 'worker', ['partition/1'])
    const [code, findings] = await doctor(project)
    expect(code).toBe(1)
    expect(findings.find(({ level }) => level === 'fail')?.message).toContain('partition/0: held by nobody')
  })

  test('looks at each server by itself', async () => {
    const [code, findings] = await doctor(newProject(), `127.0.0.1:1,${server.url}`)
    expect(code).toBe(1)
    expect(brief(findings).slice(0, 2)).toEqual(['nats fail', 'nats ok'])
    const [gone, none] = await doctor(newProject(), '127.0.0.1:1')
    expect([gone, brief(none)]).toEqual([1, ['nats fail']])
  })
})
