/** `pulssi nats init` and `pulssi doctor --nats` against three nodes, of which one then fails. */

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { secrets } from '../deploy/files.js'
import { startNodes } from '../deploy/nodes.js'
import { pulssi } from '../e2e/command.js'
import { dataDir } from '../e2e/harness.js'

interface Told {
  readonly check: string
  readonly level: string
  readonly message: string
}

const { PULSSI_NATS_PASSWORD: password = '' } = secrets()
const WAIT = { timeout: 40_000, interval: 200 }

test('each has a copy of everything, and a copy that is away is named', { timeout: 120_000 }, async () => {
  const nodes = await startNodes()
  const servers = nodes.map(({ address }) => address)
  const file = `${dataDir()}/c.json`
  const nats = { servers, user: 'pulssi', password, replicas: 3 }
  writeFileSync(file, JSON.stringify({ project: 'pulssi', server: { port: 0, partitions: 2, nats } }), { mode: 0o600 })
  const doctor = async (): Promise<Told[]> => {
    const { out } = await pulssi(['doctor', '--json', '--config', file])
    return (JSON.parse(out) as { findings: Told[] }).findings
  }
  const of = (findings: readonly Told[], check: string): Told[] => findings.filter(told => told.check === check)
  const made = await pulssi(['nats', 'init', '--config', file])
  expect([made.code, made.errors]).toEqual([0, ''])
  await vi.waitFor(async () => {
    const well = await doctor()
    expect(of(well, 'nats')).toMatchObject([{ level: 'ok' }])
    expect(of(well, 'copies')).toMatchObject([
      { level: 'ok', message: expect.stringMatching(/^3 copies of everything/) },
    ])
  }, WAIT)
  const gone = nodes[2]?.process
  if (gone === undefined) throw new Error('there are no three nodes')
  const exited = once(gone, 'exit')
  gone.kill('SIGKILL')
  await exited
  await vi.waitFor(async () => {
    const ill = await doctor()
    expect(of(ill, 'nats').map(({ level }) => level)).toEqual(['fail', 'ok'])
    expect(of(ill, 'copies')).toMatchObject([
      // Which of the two it says depends on how soon the servers notice.
      {
        level: expect.stringMatching(/warn|fail/),
        message: expect.stringMatching(/a copy is (away|behind) \(nats-3\)$/),
      },
    ])
  }, WAIT)
})
