// Acknowledged events a second on NATS, as one process and split into gateway and worker, beside embedded, and beside two
// ceilings with as many clients, partitions and streams: the clients' frames published straight to JetStream, and `ws`,
// msgpackr and the NATS client alone, which gather them as a gateway does.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { asked, note, quick, result } from './child.mjs'
import { startClients } from './clients.mjs'
import { startCluster } from './cluster.mjs'
import { median } from './measure.mjs'
import { streamSizes } from './nats-streams.mjs'
import { counted, cpuSeconds, startBare, startPulssi } from './servers.mjs'

const ROUNDS = quick ? 1 : 3
const SECONDS = quick ? 1 : 3
const PARTITIONS = 16
const ROLES = ['gateway', 'worker', 'alerts']
const KB = 1024

const nodes = asked.replicas === '3' ? 3 : 1
const cluster = await startCluster({ nodes, partitions: PARTITIONS })
const { nats } = cluster
const withNats = (server, others = {}) => ({ ...server, others: { nats: nats.cpuSeconds, ...others } })
const bareOptions = { servers: nats.servers, partitions: PARTITIONS, replicas: nodes }
const bare = withNats(await startBare('bare-nats-server.mjs', bareOptions))
const embedded = await startPulssi()
const one = withNats(await cluster.start(ROLES, { project: 'one' }))
const worker = await cluster.start(['worker'], { project: 'split' })
const gateway = withNats(await cluster.start(['gateway'], { project: 'split' }), {
  worker: () => cpuSeconds(worker.pid),
})
const clients = startClients()
const publisher = fork(fileURLToPath(new URL('nats-publisher.mjs', import.meta.url)), [JSON.stringify(bareOptions)])
await once(publisher, 'message')
const ours = { embedded, one, gateway }
const sent = { embedded: 0, one: 0, gateway: 0 }

/** Frames straight to JetStream. */
const publish = async single => {
  publisher.send({ single, seconds: SECONDS })
  const [answer] = await once(publisher, 'message')
  return answer
}

const round = async single => {
  const figures = { straight: await publish(single) }
  figures.bare = await clients.run(bare, { target: 'bare', single, seconds: SECONDS })
  for (const [name, server] of Object.entries(ours)) {
    figures[name] = await clients.run(server, { target: name, single, seconds: SECONDS })
    sent[name] += figures[name].sent
    figures[name].lagMs = await counted(server, sent[name])
  }
  return figures
}

const NAMES = { bare: 'bare', embedded: 'embedded', one: 'one process', gateway: 'split' }
const CEILINGS = ['straight', 'bare']
const whole = value => Math.round(value).toLocaleString('en')
const costs = cpu =>
  Object.entries(cpu)
    .map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`)
    .join(', ')

const measure = async (form, single) => {
  // The first seconds of a process are its compiler's.
  if (!quick) await round(single)
  const rounds = []
  for (let index = 0; index < ROUNDS; index++) rounds.push(await round(single))
  const middle = pick => median(rounds.map(pick))
  const rate = name => middle(figures => figures[name].eventsPerSecond)
  const head = `nats R${nodes}, ${form}`
  for (const name of ['one', 'gateway']) {
    const lag = `fold behind ${Math.round(middle(figures => figures[name].lagMs))} ms`
    for (const ceiling of CEILINGS) {
      const ratio = middle(figures => figures[name].eventsPerSecond / figures[ceiling].eventsPerSecond)
      result(
        `${head}, ${NAMES[name]}, ${ceiling}`,
        ratio,
        `of ${ceiling}`,
        `${whole(rate(name))}/s, ${ceiling} ${whole(rate(ceiling))}/s; ${lag}`,
      )
    }
  }
  const perCore = middle(({ bare, gateway }) => bare.cpuSecondsPerMillion / gateway.cpuSecondsPerMillion)
  result(`${head}, a gateway's core`, perCore, 'of bare', 'events a CPU second of the process that takes them')
  const beside = middle(figures => figures.gateway.eventsPerSecond / figures.embedded.eventsPerSecond)
  result(`${head}, beside embedded`, beside, 'of embedded', `${whole(rate('embedded'))}/s`)
  for (const name of Object.keys(NAMES)) {
    const cpu = Object.fromEntries(
      Object.keys(rounds[0][name].cpu).map(who => [who, middle(figures => figures[name].cpu[who])]),
    )
    const total = Object.values(cpu).reduce((sum, seconds) => sum + seconds, 0)
    result(`${head}, CPU ${NAMES[name]}`, total, 's/million', costs(cpu))
  }
}

await measure('batches of 20', false)
await measure('single events', true)
for (const [name, prefix] of Object.entries({ bare: 'ceiling-', gateway: 'pulssi-split-log-' })) {
  const { messages, bytes } = await streamSizes(nats, prefix)
  const entry = `${(bytes / messages / KB).toFixed(2)} KB a message`
  note(`${NAMES[name]}: ${messages.toLocaleString('en')} messages of all forms, ${entry}`)
}
clients.close()
publisher.disconnect()
await Promise.all([bare.close(), embedded.close()])
await cluster.close()
