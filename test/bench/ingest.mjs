// Acknowledged events a second of `pulssi serve`, durable, beside bare `ws` + msgpackr with the same clients.
import { note, quick, result } from './child.mjs'
import { startClients } from './clients.mjs'
import { median } from './measure.mjs'
import { counted, startBare, startPulssi } from './servers.mjs'

const ROUNDS = quick ? 1 : 5
const SECONDS = quick ? 1 : 3
/** A slower bare server says that the machine had no time for us. */
const BARE_AT_LEAST = 300_000

const bare = await startBare()
const pulssi = await startPulssi()
const clients = startClients()
let sent = 0

const round = async single => {
  const ceiling = await clients.run(bare, { target: 'bare', single, seconds: SECONDS })
  const ours = await clients.run(pulssi, { target: 'pulssi', single, seconds: SECONDS })
  sent += ours.sent
  const lagMs = await counted(pulssi, sent)
  return { ceiling, ours, lagMs }
}

const measure = async (form, single) => {
  // The first seconds of a process are its compiler's.
  if (!quick) await round(single)
  const rounds = []
  for (let index = 0; index < ROUNDS; index++) rounds.push(await round(single))
  const middle = pick => median(rounds.map(pick))
  const bareRate = middle(({ ceiling }) => ceiling.eventsPerSecond)
  const ourRate = middle(({ ours }) => ours.eventsPerSecond)
  const ratios = rounds.map(({ ours, ceiling }) => ours.eventsPerSecond / ceiling.eventsPerSecond)
  const valid = single || bareRate >= BARE_AT_LEAST
  const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)} in ${ROUNDS} rounds`
  result(`ingest, ${form}`, median(ratios), 'of bare ws', range, valid)
  if (!valid) note(`invalid: bare ws took ${Math.round(bareRate)} events/s, less than ${BARE_AT_LEAST}`)
  result(`ingest, ${form}, events`, ourRate, '/s', `bare ${Math.round(bareRate).toLocaleString('en')}`)
  const cpu = middle(({ ours }) => ours.cpuSecondsPerMillion)
  const bareCpu = middle(({ ceiling }) => ceiling.cpuSecondsPerMillion)
  const clientCpu = middle(({ ours }) => ours.clientCpuSecondsPerMillion)
  const others = `bare ${bareCpu.toFixed(2)}; the clients ${clientCpu.toFixed(2)}`
  result(`ingest, ${form}, server CPU`, cpu, 's/million', others)
  const lag = 'from the last ack until every event is counted'
  result(
    `ingest, ${form}, fold behind`,
    middle(({ lagMs }) => lagMs),
    'ms',
    lag,
  )
}

await measure('batches of 20', false)
await measure('single events', true)
clients.close()
await Promise.all([bare.close(), pulssi.close()])
