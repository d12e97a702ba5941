/** `pulssi nats init` as it is called, against a real server. */
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { DiscardPolicy, jetstreamManager, StorageType } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openNats } from '../../aggregator/src/nats/index.js'
import { pulssi } from '../e2e/command.js'
import { dataDir } from '../e2e/harness.js'
import { NatsServer } from './nats-server.js'

let server: NatsServer
let connection: NatsConnection
beforeAll(async () => {
  server = await NatsServer.start()
  connection = await connect({ servers: server.url })
})
afterAll(async () => {
  await connection.close()
  await server.dispose()
})

interface Report {
  readonly well: boolean
  readonly account: { readonly streams: number }
  readonly streams: { readonly stream: string; readonly outcome: string; readonly says: string }[]
}

const newProject = (): string => `p${randomUUID().slice(0, 8)}`

const init = async (project: string, ...args: string[]): Promise<[code: number, Report]> => {
  const file = `${dataDir()}/c.json`
  writeFileSync(file, JSON.stringify({ project, server: { partitions: 2 } }))
  const { code, out } = await pulssi(['nats', 'init', '--json', '--config', file, '--nats', server.url, ...args])
  return [code, JSON.parse(out) as Report]
}

const outcomes = ({ streams }: Report): string[] => streams.map(({ outcome }) => outcome)

describe('pulssi nats init', () => {
  test('says what is missing, makes it, and finds that it fits', async () => {
    const project = newProject()
    const streams = ['log-0', 'log-1'].map(name => `pulssi-${project}-${name}`)
    const all = [...streams, `KV_pulssi-${project}-values`, `OBJ_pulssi-${project}-blobs`]
    const [code, dry] = await init(project, '--dry-run')
    expect([code, dry.well, dry.streams.map(({ stream }) => stream)]).toEqual([1, false, all])
    expect(outcomes(dry)).toEqual(all.map(() => 'missing'))
    expect(outcomes((await init(project))[1])).toEqual(all.map(() => 'made'))
    const [again, report] = await init(project)
    expect([again, report.well, outcomes(report)]).toEqual([0, true, all.map(() => 'fits')])
    const options = { connection: { servers: server.url }, project, partitions: 2 }
    const nats = await openNats(options)
    expect(await nats.log.append(1, new Uint8Array(3))).toBe(1)
    await nats.close()
  })

  test('makes what is there larger only when it is told to, and never smaller', async () => {
    const project = newProject()
    await init(project, '--stream-bytes', '1000000')
    const [code, larger] = await init(project, '--stream-bytes', '2000000')
    expect([code, outcomes(larger)]).toEqual([1, ['left', 'left', 'fits', 'fits']])
    const boundOf = async (): Promise<number> => {
      const { streams } = await jetstreamManager(connection)
      return (await streams.info(`pulssi-${project}-log-0`)).config.max_bytes
    }
    expect(await boundOf()).toBe(1_000_000)
    const [done, applied] = await init(project, '--stream-bytes', '2000000', '--apply')
    expect([done, outcomes(applied)]).toEqual([0, ['changed', 'changed', 'fits', 'fits']])
    expect(await boundOf()).toBe(2_000_000)
    const [smaller, stays] = await init(project, '--stream-bytes', '1000', '--apply')
    expect([smaller, outcomes(stays)]).toEqual([0, ['fits', 'fits', 'fits', 'fits']])
    expect(stays.streams[0]?.says).toContain('has 2000000 bytes, more than the 1000 bytes asked for: it stays so')
    expect(await boundOf()).toBe(2_000_000)
  })

  test('names what can’t be made to fit', async () => {
    const project = newProject()
    const { streams } = await jetstreamManager(connection)
    const made = { subjects: [`pulssi.${project}.log.0.*`], description: 'partition 0 of 2' }
    await streams.add({ name: `pulssi-${project}-log-0`, storage: StorageType.Memory, ...made })
    const [code, report] = await init(project, '--apply')
    expect([code, outcomes(report)]).toEqual([1, ['wrong', 'made', 'made', 'made']])
    expect(report.streams[0]?.says).toContain('in memory')
    const [other, four] = await init(project, '--partitions', '4')
    expect([other, outcomes(four)]).toEqual([1, ['wrong', 'wrong', 'made', 'made', 'fits', 'fits']])
    expect(four.streams[1]?.says).toContain('it is "partition 1 of 2"')
  })

  test('lets no entry be dropped at the bound', async () => {
    const project = newProject()
    const { streams } = await jetstreamManager(connection)
    const made = { subjects: [`pulssi.${project}.log.0.*`], description: 'partition 0 of 2' }
    await streams.add({ name: `pulssi-${project}-log-0`, ...made })
    expect(outcomes((await init(project))[1])).toEqual(['left', 'made', 'made', 'made'])
    expect(outcomes((await init(project, '--apply'))[1])[0]).toBe('changed')
    expect((await streams.info(`pulssi-${project}-log-0`)).config.discard).toBe(DiscardPolicy.New)
  })

  test('says what the server refuses', async () => {
    const [code, report] = await init(newProject(), '--replicas', '3')
    expect([code, report.well]).toEqual([1, false])
    expect(report.streams[0]).toMatchObject({
      outcome: 'wrong',
      says: expect.stringContaining('the server refuses it'),
    })
  })

  test('prints a table, the account and what to do', async () => {
    const { code, out } = await pulssi(['nats', 'init', '--nats', server.url, '--dry-run'])
    expect(code).toBe(1)
    expect(out).toMatch(/^missing +pulssi-pulssi-log-15$/m)
    expect(out).toMatch(/the account has \d+ streams \(no limit; this project needs 18\)/)
    expect(out).toContain('Run it without --dry-run')
  })

  test('ends with 4 where nobody answers, with 3 where nobody was named', async () => {
    const gone = await pulssi(['nats', 'init', '--nats', '127.0.0.1:1'])
    expect([gone.code, gone.errors]).toEqual([4, expect.stringContaining('no NATS server answers at 127.0.0.1:1')])
    const none = await pulssi(['nats', 'init'])
    expect([none.code, none.errors]).toEqual([3, expect.stringContaining('server.nats: is missing')])
  })
})
