// The ceiling of ingest on NATS: `ws`, msgpackr and the NATS client alone. Decodes what comes, gathers each partition's
// frames while a publish is under way, and answers a batch once JetStream has it. Argument: {servers, partitions,
// replicas}.
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { Frame, SUBPROTOCOL } from '@pulssi/protocol/client'
import { Packr } from 'msgpackr'
import { WebSocketServer } from 'ws'

const { servers, partitions, replicas } = JSON.parse(process.argv[2])
const packr = new Packr({ useRecords: false, moreTypes: false, int64AsType: 'number' })
const connection = await connect({ servers })
const client = jetstream(connection)
const manager = await client.jetstreamManager()
for (let i = 0; i < partitions; i++)
  await manager.streams.add({ name: `ceiling-${i}`, subjects: [`ceiling.${i}`], num_replicas: replicas })

const lanes = Array.from({ length: partitions }, () => ({ gathered: [], isBusy: false }))

/** FNV-1a. */
const hash = text => {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** An ack is cumulative, and partitions become durable in any order. */
const acknowledge = (standing, number) => {
  standing.durable.add(number)
  const before = standing.acked
  while (standing.durable.delete(standing.acked + 1)) standing.acked++
  if (standing.acked > before) standing.socket.send(packr.encode([Frame.ack, standing.acked, []]))
}

const store = async (lane, partition) => {
  lane.isBusy = true
  while (lane.gathered.length > 0) {
    const some = lane.gathered
    lane.gathered = []
    await client.publish(`ceiling.${partition}`, Buffer.concat(some.map(({ data }) => data)))
    for (const { standing, number } of some) acknowledge(standing, number)
  }
  lane.isBusy = false
}

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  handleProtocols: () => SUBPROTOCOL,
})
server.on('connection', socket => {
  const standing = { socket, acked: 0, durable: new Set() }
  socket.on('error', () => {})
  socket.on('message', data => {
    const frame = packr.decode(data)
    if (frame[0] !== Frame.batch)
      return socket.send(packr.encode([Frame.welcome, null, Date.now(), 65_536, 100, 1, 5_000]))
    const partition = hash(frame[4][0][0]) % partitions
    const lane = lanes[partition]
    lane.gathered.push({ data, standing, number: frame[1] })
    if (!lane.isBusy) {
      lane.isBusy = true
      setImmediate(() => store(lane, partition))
    }
  })
})
server.on('listening', () => process.send({ url: `ws://127.0.0.1:${server.address().port}` }))
process.on('disconnect', () => process.exit())
