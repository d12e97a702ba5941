// A server with a million visitors that is killed with a full log behind its last image: how soon it is ready again,
// how fast it replays, and whether taking an image stops anything.
import { rmSync } from 'node:fs'
import { Frame, WINDOWS } from '@pulssi/protocol/client'
import { note, quick, result } from './child.mjs'
import { fillVisitors } from './crowd.mjs'
import { Lane } from './lane.mjs'
import { percentile } from './measure.mjs'
import { RawSocket } from './raw-socket.mjs'
import { benchFolder, counted, startPulssi } from './servers.mjs'
import { BATCH } from './walk.mjs'

const VISITORS = quick ? 20_000 : 1_000_000
/** Under the bytes of log after which another image is taken, at about 20 bytes an event in batches. */
const EVENTS_BEHIND = quick ? 20_000 : 1_400_000
const LANES = 8
const PROBE_MS = 20
const TOUCHPOINT = 'probe.page'
const AFTER_MS = 500
const LATE_MS = 3_000

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

const folder = benchFolder()
let sent = 0

const imagesOf = async ({ http }) => {
  const answer = await (await fetch(`${http}/metrics`)).text()
  return Number(/^pulssi_images_total(?:\{[^}]*\})? (\d+)/m.exec(answer)?.[1])
}

const takeImage = async ({ http }) => {
  const answer = await fetch(`${http}/v1/admin/image`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  if (!answer.ok) throw new Error(`no image: ${answer.status} ${await answer.text()}`)
}

/** Pings and probes while `work` goes on; ms of each. */
const watch = async (server, work) => {
  const pings = []
  const seen = []
  const sentAt = []
  const reader = await RawSocket.hello(server.url, null)
  const writer = await RawSocket.hello(server.url, 'sk_bench')
  let pingedAt = 0
  reader.onPong = () => {
    pings.push(performance.now() - pingedAt)
    pingedAt = 0
  }
  let enteredBefore = null
  reader.onFrame = frame => {
    if (frame[0] !== Frame.pulse || frame[7].length === 0) return
    const row = frame[3] === null ? frame[7][0] : frame[7][0][1]
    const at =
      frame[3] === null || row[0] === TOUCHPOINT ? 4 : row.findIndex((field, i) => i % 2 === 0 && field === 4) + 1
    if (at === 0) return
    enteredBefore ??= row[at] - seen.length
    while (seen.length < row[at] - enteredBefore && seen.length < sentAt.length) {
      seen.push(performance.now() - sentAt[seen.length])
    }
  }
  writer.onFrame = () => {}
  reader.send([Frame.subscribe, 1, [TOUCHPOINT], [WINDOWS.indexOf('total')]])
  const probe = () => {
    const now = Date.now()
    sentAt.push(performance.now())
    const id = `probe-${process.pid}-${sent}`
    writer.send([Frame.batch, sentAt.length, now, [TOUCHPOINT], [[id, id, 0, now, [[0, 0, 0]]]]])
    sent++
    if (pingedAt !== 0) return
    pingedAt = performance.now()
    reader.ping()
  }
  const timer = setInterval(probe, PROBE_MS)
  await work()
  await pause(AFTER_MS)
  clearInterval(timer)
  await counted(server, sent)
  reader.close()
  writer.close()
  return { pings, seen }
}

/** Events in batches of 20, as many as the log may hold behind an image. */
const fillLog = async server => {
  const lanes = Array.from({ length: LANES }, (_, i) => new Lane({ lane: 1_000 + i, single: false }))
  for (const lane of lanes) await lane.open(server.url, () => EVENTS_BEHIND / LANES)
  for (const lane of lanes) lane.pump()
  // A lane sends whole frames alone, so its last one may not fit.
  while (lanes.some(lane => lane.sent + BATCH <= EVENTS_BEHIND / LANES)) await pause(PROBE_MS)
  await Promise.all(lanes.map(lane => lane.finish()))
  const events = lanes.reduce((sum, lane) => sum + lane.acked, 0)
  for (const lane of lanes) lane.close()
  return events
}

const timedStart = async () => {
  const from = performance.now()
  const server = await startPulssi({ kept: folder })
  return { server, tookMs: performance.now() - from }
}

const first = await startPulssi({ kept: folder })
await fillVisitors(first, VISITORS)
sent += VISITORS
await counted(first, sent)
const { pings, seen } = await watch(first, () => takeImage(first))
await first.close()

const clean = await timedStart()
const before = await imagesOf(clean.server)
const behind = await fillLog(clean.server)
sent += behind
await counted(clean.server, sent)
const images = (await imagesOf(clean.server)) - before
await clean.server.kill()

const crashed = await timedStart()
await counted(crashed.server, sent)
await crashed.server.close()
rmSync(folder, { recursive: true, force: true })

const text = `${VISITORS.toLocaleString('en')} visitors, ${behind.toLocaleString('en')} events behind the image`
result(
  'restart, ready',
  crashed.tookMs / 1_000,
  's',
  `${text}; after a clean end ${(clean.tookMs / 1_000).toFixed(2)}`,
  images === 0,
)
if (images > 0) note('invalid: an image was taken meanwhile, so that fewer events were replayed')
const replayMs = Math.max(1, crashed.tookMs - clean.tookMs)
result('restart, replay', (behind / replayMs) * 1_000, 'events/s', 'what they add to a start after a clean end')
result('restart, longest ping during an image', Math.max(...pings), 'ms', `p99 ${percentile(pings, 0.99).toFixed(1)}`)
result(
  'restart, event to subscriber during an image p99',
  percentile(seen, 0.99),
  'ms',
  `longest ${Math.round(Math.max(...seen))}`,
)
if (Math.max(...seen) > LATE_MS) note('a subscriber waited for seconds')
