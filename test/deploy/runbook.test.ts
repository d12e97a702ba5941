/** docs/CLUSTER.md says what is so: its table of metrics is that of the code, and its figures are those of the limits. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LONGEST_RESTART_MS, RESTART_MS } from '../../aggregator/src/cli/crew.js'
import { LEASE_MS, MARGIN_MS, RENEW_MS } from '../../aggregator/src/cluster/limits.js'
import { METRICS } from '../../aggregator/src/metrics/table.js'
import { root } from '../package/pack.js'
import { readDeployed } from './files.js'

const text = readFileSync(join(root, 'docs/CLUSTER.md'), 'utf8')
const flowing = text.replace(/\s+/g, ' ')

test('it has every metric, its type, and what it means', () => {
  const [, table = ''] = text.split('\n## Metrics\n')
  const rows = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) +\|$/gm)]
  const typeOf = (type: string): string => ({ latencies: 'histogram', info: 'gauge' })[type] ?? type
  expect(rows.map(([, name, type, help]) => [name, type, help])).toEqual(
    METRICS.map(({ name, type, help }) => [name, typeOf(type), help]),
  )
})

test('a lease is what it says', () => {
  expect(flowing).toContain('renewed every second and expired after three')
  expect([RENEW_MS, LEASE_MS]).toEqual([1_000, 3_000])
  expect(flowing).toContain(`gives up after ${(LEASE_MS - MARGIN_MS) / 1_000} s`)
})

test('the pause before a worker process is started again is what it says', () => {
  expect(flowing).toContain('from half a second to 15')
  expect([RESTART_MS, LONGEST_RESTART_MS]).toEqual([500, 15_000])
})

test('the example has room for its streams on each node', () => {
  const { server } = JSON.parse(readDeployed('pulssi.config.json')) as {
    server: { partitions: number; nats: { streamBytes: number } }
  }
  const [, gigabytes] = /max_file_store: (\d+)GB/.exec(readDeployed('nats.conf')) ?? []
  expect(server.partitions * server.nats.streamBytes).toBeLessThan(0.9 * Number(gigabytes) * 1e9)
})
