// The clients' frames straight into JetStream, nobody in between: as many connections, as many on the way of each, as
// many streams. Argument: {servers, partitions, replicas}; message: {single, seconds}; answers {eventsPerSecond}.
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { FrameRing } from './frame-ring.mjs'

const CONNECTIONS = 16
const WINDOW = 16
const FRAMES = 4096
const WARM_UP_MS = 500
const { servers, partitions, replicas } = JSON.parse(process.argv[2])

const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect({ servers })))
const clients = connections.map(connection => jetstream(connection))
const manager = await clients[0].jetstreamManager()
for (let i = 0; i < partitions; i++)
  await manager.streams.add({ name: `straight-${i}`, subjects: [`straight.${i}`], num_replicas: replicas })

/** WINDOW at once, each one after the other. Resolves with the events acknowledged between `from` and `to`. */
const publish = async (client, ring, from, to) => {
  let number = 0
  let events = 0
  const slot = async () => {
    while (performance.now() < to) {
      const at = number++
      await client.publish(`straight.${at % partitions}`, ring.next(at))
      const now = performance.now()
      if (now >= from && now < to) events += ring.eventsAFrame
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, slot))
  return events
}

const rings = new Map()
process.on('message', async ({ single, seconds }) => {
  const mine = rings.get(single) ?? clients.map((_, lane) => new FrameRing({ lane, single, frames: FRAMES }))
  rings.set(single, mine)
  const from = performance.now() + WARM_UP_MS
  const to = from + seconds * 1_000
  const counts = await Promise.all(clients.map((client, i) => publish(client, mine[i], from, to)))
  process.send({ eventsPerSecond: counts.reduce((sum, events) => sum + events, 0) / seconds })
})
process.on('disconnect', () => process.exit())
process.send({ type: 'ready' })
