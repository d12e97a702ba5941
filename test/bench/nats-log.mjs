// The log on NATS beside bare JetStream publishing: the same bytes at the same size, as many streams, as many publishes
// under way, in one process.
import { randomFillSync } from 'node:crypto'
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { openNats } from '../../aggregator/dist/nats/index.js'
import { asked, quick, result } from './child.mjs'
import { median } from './measure.mjs'
import { startNats } from './nats-nodes.mjs'

const ROUNDS = quick ? 1 : 3
const ROUND_MS = quick ? 200 : 1_500
const PARTITIONS = 16
const SIZES = quick ? [4_096] : [256, 4_096, 16_384, 65_536]
const KB = 1024

/** One publish after the other in each partition. `publish` resolves once it is acknowledged. */
const drive = async (publish, bytes, nats) => {
  const until = performance.now() + ROUND_MS
  const from = performance.now()
  const cpu = process.cpuUsage()
  const natsCpu = nats.cpuSeconds()
  let messages = 0
  const lane = async partition => {
    while (performance.now() < until) {
      await publish(partition, bytes)
      messages++
    }
  }
  await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => lane(partition)))
  const { user, system } = process.cpuUsage(cpu)
  return {
    perSecond: messages / ((performance.now() - from) / 1_000),
    cpuMicros: (user + system) / messages,
    natsCpuMicros: ((nats.cpuSeconds() - natsCpu) * 1e6) / messages,
  }
}

const replicas = asked.replicas === '3' ? 3 : 1
const nats = await startNats(replicas)
const { servers } = nats
const ports = await openNats({ connection: { servers }, project: 'bench', partitions: PARTITIONS, replicas })
const connection = await connect({ servers })
const client = jetstream(connection)
const manager = await client.jetstreamManager()
for (let i = 0; i < PARTITIONS; i++)
  await manager.streams.add({ name: `bare-${i}`, subjects: [`bare.${i}`], num_replicas: replicas })

const bare = (partition, bytes) => client.publish(`bare.${partition}`, bytes)
const ours = (partition, bytes) => ports.log.append(partition, bytes)
for (const size of SIZES) {
  const bytes = randomFillSync(new Uint8Array(size))
  if (!quick) for (const publish of [bare, ours]) await drive(publish, bytes, nats)
  const rounds = []
  for (let i = 0; i < ROUNDS; i++) {
    rounds.push({ bare: await drive(bare, bytes, nats), ours: await drive(ours, bytes, nats) })
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await manager.streams.purge(`bare-${partition}`)
      await ports.log.trim(partition, (await ports.log.bounds(partition)).last + 1)
    }
  }
  const middle = pick => median(rounds.map(pick))
  const name = `nats log, R${replicas}, ${size < KB ? `${size} B` : `${size / KB} KB`}`
  const ratio = middle(round => round.ours.perSecond / round.bare.perSecond)
  const [ourRate, bareRate] = [middle(round => round.ours.perSecond), middle(round => round.bare.perSecond)]
  result(name, ratio, 'of bare JetStream', `${Math.round(ourRate)} and ${Math.round(bareRate)} a second`)
  const costs = pick => `${middle(pick).toFixed(0)} µs`
  const beside = `bare ${costs(round => round.bare.cpuMicros)}; nats-server ${costs(round => round.ours.natsCpuMicros)} and ${costs(round => round.bare.natsCpuMicros)}`
  result(
    `${name}, CPU of the client`,
    middle(round => round.ours.cpuMicros),
    'µs/append',
    beside,
  )
}
await connection.close()
await ports.close()
await nats.close()
