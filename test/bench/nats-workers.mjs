// One worker beside two and three: events a second folded of a log that is there already, and of one that grows as fast as
// a gateway takes them.
import { availableParallelism } from 'node:os'
import { note, quick, result } from './child.mjs'
import { startClients } from './clients.mjs'
import { startCluster } from './cluster.mjs'
import { Leasing } from './leasing.mjs'
import { counted, cpuSeconds } from './servers.mjs'

const FILL_SECONDS = quick ? 1 : 8
const SECONDS = quick ? 1 : 5
const WORKERS = [1, 2, 3]
const PARTITIONS = 16

const clients = startClients()
const whole = value => Math.round(value).toLocaleString('en')
const spentBy = workers => workers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0)

const replay = async (cluster, gateway, count) => {
  const { sent } = await clients.run(gateway, { target: `${count}`, single: false, seconds: FILL_SECONDS })
  const leasing = new Leasing()
  const starting = Array.from({ length: count }, () => cluster.start(['worker'], { onLine: leasing.hear }))
  const workers = await Promise.all(starting)
  await counted(gateway, sent)
  const tookMs = Date.now() - Math.min(...leasing.taken.map(({ begun }) => begun))
  return { workers, sent, perSecond: (sent / tookMs) * 1_000, cpu: (spentBy(workers) / sent) * 1e6 }
}

const measure = async count => {
  const cluster = await startCluster({ partitions: PARTITIONS, imageSeconds: 3_600 })
  // It says that nobody serves the partitions yet.
  const gateway = await cluster.start(['gateway'], { onLine: () => {} })
  const { workers, sent, perSecond, cpu } = await replay(cluster, gateway, count)
  const who = count === 1 ? '1 worker' : `${count} workers`
  const beside = `${whole(sent)} events; ${cpu.toFixed(2)} CPU s a million, the starts of the processes included`
  result(`nats, replay by ${who}`, perSecond, 'events/s', beside)
  const watched = { ...gateway, others: { workers: () => spentBy(workers), nats: cluster.nats.cpuSeconds } }
  const steady = await clients.run(watched, { target: `${count}`, single: false, seconds: SECONDS })
  const lagMs = await counted(gateway, sent + steady.sent)
  const costs = Object.entries(steady.cpu).map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`)
  const lag = `fold behind ${whole(lagMs)} ms; CPU s a million: ${costs.join(', ')}`
  result(`nats, ingest with ${who}`, steady.eventsPerSecond, 'events/s', lag)
  await cluster.close()
  return perSecond
}

const rates = []
for (const count of WORKERS) rates.push(await measure(count))
clients.close()
for (const [i, count] of WORKERS.entries())
  if (i > 0) result(`nats, replay by ${count} beside 1`, rates[i] / rates[0], 'times', '')
note(`${availableParallelism()} cores, of which nats-server, gateway and, for the ingest, the clients need theirs`)
