// What a cluster takes for some numbers of events a minute: CPU of gateway, worker and three NATS nodes while hardly
// anything comes and at full speed, bytes of the log, of the Bus and of a visitor, and a table made of these.
import { connect } from '@nats-io/transport-node'
import { note, quick, result } from './child.mjs'
import { startClients } from './clients.mjs'
import { startCluster } from './cluster.mjs'
import { ASSUMED, needs, written } from './cost-model.mjs'
import { fillVisitors } from './crowd.mjs'
import { rssBytes } from './loads.mjs'
import { streamSizes } from './nats-streams.mjs'
import { counted, cpuSeconds } from './servers.mjs'

const SECONDS = quick ? 1 : 12
const WARM_UP_SECONDS = quick ? 1 : 4
const VISITORS = quick ? 10_000 : 300_000
/** So few that they say what a cluster takes that waits. */
const FEW_PER_SECOND = 160
const SIZES = [10_000, 1_000_000, 100_000_000]
const MB = 1e6

const { partitions, replicas } = ASSUMED
const cluster = await startCluster({ nodes: replicas, partitions, imageSeconds: 3_600 })
const { nats } = cluster
const worker = await cluster.start(['worker', 'alerts'])
const gateway = await cluster.start(['gateway'])
const idle = { worker: rssBytes(worker.pid), gateway: rssBytes(gateway.pid) }
const clients = startClients()
const all = { gateway: () => cpuSeconds(gateway.pid), worker: () => cpuSeconds(worker.pid), nats: nats.cpuSeconds }
let sent = 0

/** Cores of each process, bytes of the log and of the Bus a second, events a second. */
const run = async (single, seconds, eventsPerSecond) => {
  const connection = await connect({ servers: nats.servers })
  let busBytes = 0
  connection.subscribe('pulssi.bench.bus.>', {
    callback: (_, { data }) => {
      busBytes += data.length
    },
  })
  await connection.flush()
  const spent = () => Object.fromEntries(Object.entries(all).map(([name, cpu]) => [name, cpu()]))
  const log = await streamSizes(nats, 'pulssi-bench-log-')
  const before = spent()
  const from = performance.now()
  const order = eventsPerSecond === undefined ? {} : { eventsPerSecond }
  const answer = await clients.run(gateway, { target: 'pulssi', single, seconds, ...order })
  sent += answer.sent
  await counted(gateway, sent)
  const tookSeconds = (performance.now() - from) / 1_000
  const after = spent()
  const logBytes = (await streamSizes(nats, 'pulssi-bench-log-')).bytes - log.bytes
  await connection.close()
  const cores = Object.fromEntries(Object.keys(all).map(name => [name, (after[name] - before[name]) / tookSeconds]))
  const perSecond = bytes => bytes / tookSeconds
  return {
    cores,
    logSecond: perSecond(logBytes),
    busSecond: perSecond(busBytes),
    eventsPerSecond: perSecond(answer.sent),
  }
}

for (const single of [false, true]) await run(single, WARM_UP_SECONDS)
const few = await run(true, SECONDS, FEW_PER_SECOND)
const single = await run(true, SECONDS)
const twenty = await run(false, SECONDS)
const held = rssBytes(worker.pid)
const busy = { worker: held - idle.worker, gateway: rssBytes(gateway.pid) }
await fillVisitors(gateway, VISITORS)
await counted(gateway, sent + VISITORS)
const visitor = Math.max(0, rssBytes(worker.pid) - held) / VISITORS

const extra = (at, pick) => Math.max(0, pick(at) - pick(few)) / (at.eventsPerSecond - few.eventsPerSecond)
const both = pick => ({ single: extra(single, pick), twenty: extra(twenty, pick) })
const logEvent = both(({ logSecond }) => logSecond)
const figures = {
  fixed: few.cores,
  cpu: Object.fromEntries(Object.keys(all).map(name => [name, both(({ cores }) => cores[name])])),
  logSecond: Math.max(0, few.logSecond - few.eventsPerSecond * logEvent.single),
  logEvent,
  busSecond: twenty.busSecond,
  visitor,
  idle: { worker: idle.worker + busy.worker, gateway: busy.gateway },
}

for (const name of Object.keys(all)) {
  const { single: one, twenty: many } = figures.cpu[name]
  const beside = `in frames of 20; ${(one * 1e6).toFixed(2)} in frames of one; and ${few.cores[name].toFixed(2)} cores whatever comes`
  result(`cost, ${name}`, many * 1e6, 's/million', beside)
}
result(
  'cost, log an event',
  logEvent.twenty,
  'bytes',
  `in frames of 20; ${logEvent.single.toFixed(0)} in frames of one`,
)
result('cost, log without events', figures.logSecond, 'bytes/s', `${partitions} partitions, ticks alone`)
result(
  'cost, Bus',
  figures.busSecond / MB,
  'MB/s',
  `at ${Math.round(twenty.eventsPerSecond).toLocaleString('en')} events/s`,
)
result('cost, a visitor', visitor, 'bytes RSS', `of a worker, ${VISITORS.toLocaleString('en')} visitors`)
for (const size of SIZES) {
  const { gateways, workers, nodes } = needs(figures, size)
  const beside = `${gateways} gateways, ${workers} workers, ${nodes} NATS nodes of ${ASSUMED.coresANode} cores`
  result(`cost, ${size.toLocaleString('en')} events a minute`, gateways + workers + nodes, 'machines', beside)
}
note(JSON.stringify(figures))
note('')
for (const text of written(figures, SIZES)) note(text)
clients.close()
await cluster.close()
