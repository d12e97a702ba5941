// What a server needs: events a second that it takes, memory by visitors, bytes on disk by events. Each figure is taken
// with `pulssi load`, so that anyone can take it again on the machine that matters.
import { join } from 'node:path'
import { note, quick, result } from './child.mjs'
import { folderBytes, load, rssBytes } from './loads.mjs'
import { counted, startPulssi } from './servers.mjs'

const SECONDS = quick ? 1 : 10
const WARM_UP_SECONDS = quick ? 1 : 4
/** Long enough that the ticks, one a second, weigh in as much as they do in a year. */
const DISK_SECONDS = quick ? 2 : 15
const VISITORS = quick ? [1_000, 5_000] : [10_000, 100_000, 1_000_000]
const RATES = quick ? [100] : [10, 100, 1_000]
const RETENTION_HOURS = 72
/** The log keeps up to a sixteenth more than its retention. */
const KEPT_SHARE = 1 + 1 / 16
const CONNECTIONS = 8
const MILLION = 1e6
const GB = 1e9

const whole = value => Math.round(value).toLocaleString('en')
const lines = []

const sustained = async () => {
  const pulssi = await startPulssi()
  // The first seconds of a process are its compiler's.
  await load(pulssi, '--seconds', WARM_UP_SECONDS, '--connections', CONNECTIONS)
  for (const batch of [20, 1]) {
    const args = ['--seconds', SECONDS, '--batch', batch, '--connections', CONNECTIONS]
    const { acknowledgedPerSecond, ackMs } = await load(pulssi, ...args)
    const beside = `acks p99 ${ackMs.p99.toFixed(1)} ms; load and server share this machine`
    result(`sizing, events acknowledged, ${batch} a frame`, acknowledgedPerSecond, '/s', beside)
    lines.push(`| clients that send ${batch} a frame | ${whole(acknowledgedPerSecond)} events/s |`)
  }
  await pulssi.close()
}

/** A server of its own for each count: memory that was taken once is given back late. */
const memory = async () => {
  for (const visitors of VISITORS) {
    const pulssi = await startPulssi()
    const idle = rssBytes(pulssi.pid)
    const { events } = await load(
      pulssi,
      ...['--events', visitors, '--visitors', visitors, '--batch', 100, '--connections', CONNECTIONS],
    )
    await counted(pulssi, events.sent)
    const rss = rssBytes(pulssi.pid)
    const each = `${whole((rss - idle) / visitors)} bytes each over the ${whole(idle / MILLION)} MB of an idle server`
    result(`sizing, memory at ${whole(visitors)} visitors`, rss / MILLION, 'MB RSS', each)
    lines.push(`| ${whole(visitors)} live visitors | ${whole(rss / MILLION)} MB |`)
    await pulssi.close()
  }
}

/** Bytes that the log grows by, a second and an event. */
const logged = async (rate, batch, more = []) => {
  const pulssi = await startPulssi()
  const log = join(pulssi.dataDir, 'log')
  const before = folderBytes(log)
  const args = [
    '--seconds',
    DISK_SECONDS,
    '--rate',
    rate,
    '--batch',
    batch,
    '--connections',
    Math.min(CONNECTIONS, rate),
    ...more,
  ]
  const { seconds, events } = await load(pulssi, ...args)
  const bytes = folderBytes(log) - before
  await pulssi.close()
  return { perSecond: bytes / seconds, perEvent: bytes / events.acknowledged }
}

const disk = async () => {
  for (const rate of RATES) {
    const { perSecond, perEvent } = await logged(rate, 1)
    const kept = (perSecond * 3_600 * RETENTION_HOURS * KEPT_SHARE) / GB
    const each = `${whole(perEvent)} bytes an event, frames of one, ticks and all`
    result(`sizing, log of ${RETENTION_HOURS} h at ${whole(rate)} events/s`, kept, 'GB', each)
    lines.push(`| ${whole(rate)} events/s | ${kept.toFixed(2)} GB of log in ${RETENTION_HOURS} h |`)
  }
  for (const batch of [1, 20]) {
    const { perEvent } = await logged(1_000, batch, ['--visitors', CONNECTIONS])
    result(`sizing, log an event, ${batch} a frame`, perEvent, 'bytes', 'a frame is one visitor’s, at 1,000 events/s')
  }
}

await sustained()
await memory()
await disk()
note('')
for (const line of ['| what | takes |', '| --- | --- |', ...lines]) note(line)
