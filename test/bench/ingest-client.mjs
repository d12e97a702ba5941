// The clients of all ingest benches, in a process of their own. Message: {target, url, single, seconds,
// eventsPerSecond}; answers `started` and `ended` around the measured time, then `done`.
import { Lane } from './lane.mjs'

const CONNECTIONS = 16
const WARM_UP_MS = 500
/** A paced client looks this often whether it may send more. */
const PACE_MS = 2

/** Lanes by target and form: the seqs of their visitors go on from round to round. */
const known = new Map()
const lanesOf = (target, single) => {
  const name = `${target} ${single}`
  const lanes = known.get(name) ?? Array.from({ length: CONNECTIONS }, (_, lane) => new Lane({ lane, single }))
  known.set(name, lanes)
  return lanes
}

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
const total = (lanes, field) => lanes.reduce((sum, lane) => sum + lane[field], 0)

const run = async ({ target, url, single, seconds, eventsPerSecond = null }) => {
  const lanes = lanesOf(target, single)
  const opened = performance.now()
  const each = eventsPerSecond === null ? null : eventsPerSecond / CONNECTIONS / 1000
  const allowed = each === null ? undefined : () => (performance.now() - opened) * each
  await Promise.all(lanes.map(lane => lane.open(url, allowed)))
  const pump = () => {
    for (const lane of lanes) lane.pump()
  }
  pump()
  const pacer = each === null ? null : setInterval(pump, PACE_MS)
  await wait(WARM_UP_MS)

  process.send({ type: 'started' })
  const cpu = process.cpuUsage()
  const from = performance.now()
  const ackedBefore = total(lanes, 'acked')
  await wait(seconds * 1000)
  const events = total(lanes, 'acked') - ackedBefore
  const tookMs = performance.now() - from
  const { user, system } = process.cpuUsage(cpu)
  process.send({ type: 'ended' })

  await Promise.all(lanes.map(lane => lane.finish()))
  clearInterval(pacer)
  for (const lane of lanes) lane.close()
  const clientCpuSeconds = (user + system) / 1e6
  process.send({ type: 'done', events, tookMs, sent: total(lanes, 'sent'), clientCpuSeconds })
}

process.on('message', run)
process.on('disconnect', () => process.exit())
process.on('unhandledRejection', error => {
  console.error(error)
  process.exit(1)
})
