// What the ops screen costs with 2,000 touchpoints at 10 updates a second, and how it loads.
import { chromium as driver } from 'playwright-core'
import { chromium } from '../tools/chromium.mjs'
import { note, quick, result } from './child.mjs'
import { fill, startFeed } from './screen-feed.mjs'
import { startPulssi } from './servers.mjs'

const TOUCHPOINTS = quick ? 200 : 2_000
const PER_SECOND = 10
/** Of each of the six windows. */
const ROWS = TOUCHPOINTS / 10
const SECONDS = quick ? 2 : 20
const SETTLE_SECONDS = quick ? 1 : 5
const LONG_TASK_MS = 50
const MB = 1024 * 1024
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
const TRACED = [
  'devtools.timeline',
  'loading',
  'toplevel',
  'blink.user_timing',
  'disabled-by-default-devtools.timeline',
]

const sleep = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1_000))
const wordOf = count => `${count.toLocaleString('en')} touchpoints`

/** Resolves with what the trace of a page's load says, in ms and bytes. */
const tracedLoad = async (page, session, url) => {
  const events = []
  let bytes = 0
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value))
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await session.send('Network.enable')
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: TRACED } })
  await page.goto(url)
  await page.locator('.count', { hasText: wordOf(TOUCHPOINTS) }).waitFor({ timeout: 120_000 })
  const ended = new Promise(resolve => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await ended
  const paint = events.find(({ name }) => name === 'firstContentfulPaint')
  const begun = events.filter(({ name, ts }) => name === 'navigationStart' && ts <= paint.ts).at(-1)
  const blocking = events
    .filter(
      ({ name, ts, pid, tid }) => /RunTask$/.test(name) && ts >= paint.ts && pid === paint.pid && tid === paint.tid,
    )
    .map(({ dur = 0 }) => dur / 1_000 - LONG_TASK_MS)
    .filter(ms => ms > 0)
  return {
    paintMs: (paint.ts - begun.ts) / 1_000,
    blockingMs: blocking.reduce((sum, ms) => sum + ms, 0),
    longestMs: Math.max(0, ...blocking.map(ms => ms + LONG_TASK_MS)),
    bytes,
  }
}

const pulssi = await startPulssi()
await fill(
  pulssi,
  Array.from({ length: TOUCHPOINTS }, (_, index) => `shop.a-page-with-a-name.${index}`),
)
const feed = await startFeed(pulssi, { perSecond: PER_SECOND, rows: ROWS })
const browser = await driver.launch({ executablePath: chromium(), args: FLAGS })
const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } })
const session = await page.context().newCDPSession(page)
const whole = await browser.newBrowserCDPSession()

const load = await tracedLoad(page, session, feed.url)
const beside = wordOf(TOUCHPOINTS)
result('screen, first contentful paint', load.paintMs, 'ms', 'of the page, without figures')
result(
  'screen, total blocking time',
  load.blockingMs,
  'ms',
  `until ${beside} stand; longest ${Math.round(load.longestMs)}`,
)
result('screen, transferred', load.bytes / 1_024, 'KB', 'page, script and style sheet')

// The processor's time, not the clock's: others may use the machine too.
await session.send('Performance.enable', { timeDomain: 'threadTicks' })
const threadSeconds = async () => {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration').value
}
const rendererSeconds = async () => {
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
  return Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(({ cpuTime }) => cpuTime))
}
const heldMb = async () => {
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize / MB
}

const measured = async seconds => {
  const before = [await threadSeconds(), await rendererSeconds(), performance.now(), feed.turns]
  await sleep(seconds)
  const after = [await threadSeconds(), await rendererSeconds(), performance.now(), feed.turns]
  const [thread, renderer, ms, turns] = after.map((value, index) => value - before[index])
  const wall = ms / 1_000
  return { thread: (100 * thread) / wall, renderer: (100 * renderer) / wall, perSecond: turns / wall }
}

const heldBefore = await heldMb()
const idle = await measured(SETTLE_SECONDS)
feed.begin()
await sleep(SETTLE_SECONDS)
const busy = await measured(SECONDS)
const state = await page.evaluate(() => document.documentElement.dataset.state)
const isLive = state === 'live'
if (!isLive) note(`the page is ${state}`)
const at = `${busy.perSecond.toFixed(1)} updates/s of ${ROWS} rows in 6 windows`
result('screen, the page’s thread', busy.thread, '% of a core', at, isLive)
result(
  'screen, the page’s process',
  busy.renderer,
  '% of a core',
  `${idle.renderer.toFixed(1)} without updates`,
  isLive,
)
result('screen, memory of its scripts', await heldMb(), 'MB', `${heldBefore.toFixed(1)} before the updates`, isLive)
await browser.close()
await feed.close()
await pulssi.close()
