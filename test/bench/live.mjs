// From an event's sending to the subscriber's pulse that counts it, at half of the load that the server can take.
import { Frame, WINDOWS } from '@pulssi/protocol/client'
import { quick, result } from './child.mjs'
import { startClients } from './clients.mjs'
import { median, percentile } from './measure.mjs'
import { RawSocket } from './raw-socket.mjs'
import { counted, startPulssi } from './servers.mjs'

const TOP_SECONDS = quick ? 1 : 4
const SECONDS = quick ? 3 : 20
const PROBE_MS = 50
const PING_MS = 10
const TOUCHPOINT = 'probe.page'
/** Field of a pulse's row. */
const ENTERED = 4
const WHOLE = null

const pulssi = await startPulssi()
const clients = startClients()
const top = await clients.run(pulssi, { target: 'pulssi', single: false, seconds: TOP_SECONDS })
await counted(pulssi, top.sent)

const sentAt = []
const ackedMs = []
const seenMs = []
const pongMs = []

const reader = await RawSocket.hello(pulssi.url, null)
const enteredIn = frame => {
  const [, , , base, , , , rows] = frame
  if (rows.length === 0) return null
  if (base === WHOLE) return rows[0][ENTERED]
  const [, change] = rows[0]
  if (change[0] === TOUCHPOINT) return change[ENTERED]
  for (let at = 0; at < change.length; at += 2) if (change[at] === ENTERED) return change[at + 1]
  return null
}
reader.onFrame = frame => {
  if (frame[0] !== Frame.pulse) return
  const entered = enteredIn(frame) ?? 0
  while (seenMs.length < entered) seenMs.push(performance.now() - sentAt[seenMs.length])
}
reader.send([Frame.subscribe, 1, [TOUCHPOINT], [WINDOWS.indexOf('total')]])

const writer = await RawSocket.hello(pulssi.url, 'sk_bench')
writer.onFrame = frame => {
  while (frame[0] === Frame.ack && ackedMs.length < frame[1]) ackedMs.push(performance.now() - sentAt[ackedMs.length])
}
const probe = () => {
  const now = Date.now()
  sentAt.push(performance.now())
  const number = sentAt.length
  const group = [`probe-${number}`, `probe-${number}`, 0, now, [[0, 0, 0]]]
  writer.send([Frame.batch, number, now, [TOUCHPOINT], [group]])
}
let pingedAt = 0
reader.onPong = () => {
  pongMs.push(performance.now() - pingedAt)
  pingedAt = 0
}
const ping = () => {
  if (pingedAt !== 0) return
  pingedAt = performance.now()
  reader.ping()
}

const load = clients.run(pulssi, {
  target: 'pulssi',
  single: false,
  seconds: SECONDS,
  eventsPerSecond: top.eventsPerSecond / 2,
})
const timers = [setInterval(probe, PROBE_MS), setInterval(ping, PING_MS)]
const half = await load
for (const timer of timers) clearInterval(timer)
await counted(pulssi, top.sent + half.sent + sentAt.length)

const rate = `${Math.round(half.eventsPerSecond).toLocaleString('en')} events/s`
result('live, event to subscriber p50', median(seenMs), 'ms', `at ${rate}`)
result('live, event to subscriber p99', percentile(seenMs, 0.99), 'ms', `longest ${Math.round(Math.max(...seenMs))}`)
result('live, event to ack p50', median(ackedMs), 'ms', `p99 ${percentile(ackedMs, 0.99).toFixed(1)}`)
const longest = `p99 ${percentile(pongMs, 0.99).toFixed(1)}; no image was written meanwhile`
result('live, longest ping', Math.max(...pongMs), 'ms', longest)
clients.close()
reader.close()
writer.close()
await pulssi.close()
