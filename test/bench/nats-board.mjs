// What a board costs by the number of partitions, at the same events a second: a process that has nothing but a board
// and the alerts, and the bytes on the Bus.
import { connect } from '@nats-io/transport-node'
import { quick, result } from './child.mjs'
import { startClients } from './clients.mjs'
import { startCluster } from './cluster.mjs'
import { counted, cpuSeconds } from './servers.mjs'

const PARTITIONS = quick ? [4] : [1, 4, 16, 64]
/** Long enough for whole partials, which come every 10 s, to weigh what they weigh. */
const SECONDS = quick ? 2 : 20
const EVENTS_PER_SECOND = 10_000
const MB = 1e6
const BUS_TOKENS = 3

/** Bytes and messages on the Bus from now on, by kind. */
const listen = async (servers, project) => {
  const connection = await connect({ servers })
  const kinds = new Map()
  connection.subscribe(`pulssi.${project}.bus.>`, {
    callback: (_, { subject, data }) => {
      const kind = subject.split('.')[BUS_TOKENS]
      const sum = kinds.get(kind) ?? { bytes: 0, messages: 0 }
      kinds.set(kind, sum)
      sum.bytes += data.length
      sum.messages++
    },
  })
  return { kinds, close: () => connection.close() }
}

const measure = async partitions => {
  const cluster = await startCluster({ partitions })
  const worker = await cluster.start(['worker'])
  const gateway = await cluster.start(['gateway'])
  const board = await cluster.start(['alerts'])
  const clients = startClients()
  const order = { target: 'pulssi', single: false, eventsPerSecond: EVENTS_PER_SECOND }
  const warm = await clients.run(gateway, { ...order, seconds: 1 })
  await counted(gateway, warm.sent)
  const all = { board, gateway, worker }
  const spent = () => ({
    ...Object.fromEntries(Object.entries(all).map(([name, { pid }]) => [name, cpuSeconds(pid)])),
    nats: cluster.nats.cpuSeconds(),
  })
  const bus = await listen(cluster.nats.servers, 'bench')
  const before = spent()
  const from = performance.now()
  const { sent, eventsPerSecond } = await clients.run(gateway, { ...order, seconds: SECONDS })
  const seconds = (performance.now() - from) / 1_000
  const after = spent()
  await bus.close()
  await counted(gateway, warm.sent + sent)
  const percent = name => ((after[name] - before[name]) / seconds) * 100
  const others = ['gateway', 'worker', 'nats'].map(name => `${name} ${percent(name).toFixed(0)}`).join(', ')
  const rate = `${Math.round(eventsPerSecond).toLocaleString('en')} events/s; ${others} %`
  const name = `nats board, ${partitions} partition${partitions === 1 ? '' : 's'}`
  result(`${name}, CPU`, percent('board'), '% of a core', rate)
  const kinds = [...bus.kinds].map(
    ([kind, { bytes, messages }]) =>
      `${kind} ${(bytes / MB / seconds).toFixed(3)} in ${Math.round(messages / seconds)}/s`,
  )
  const bytes = [...bus.kinds.values()].reduce((sum, kind) => sum + kind.bytes, 0)
  result(`${name}, Bus`, bytes / MB / seconds, 'MB/s', kinds.join(', '))
  clients.close()
  await cluster.close()
}

for (const partitions of PARTITIONS) await measure(partitions)
