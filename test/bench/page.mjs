// What the SDK costs a page, in a real browser against a real server: the calls as the page's code waits for them, all
// that runs on the page's thread for an event until its ack, and what goes on while nobody calls.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { chromium as driver } from 'playwright-core'
import { chromium } from '../tools/chromium.mjs'
import { quick, result } from './child.mjs'
import { median } from './measure.mjs'
import { startPulssi } from './servers.mjs'

const ROUNDS = quick ? 4 : 40
/** Below what the outbox holds. */
const ROUND_CALLS = 500
const ALONE = quick ? 50 : 2_000
const MICROSECONDS = 1e6
const SAMPLE_US = 250
const IDLE_MS = quick ? 1_000 : 10_000
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']

const FILES = {
  '/': ['text/html', '<!doctype html><title>page</title><script src="/pulssi.min.js"></script>'],
  '/pulssi.min.js': ['text/javascript', readFileSync(new URL('../../sdk/dist/pulssi.min.js', import.meta.url))],
}

const openSite = async () => {
  const site = createServer((request, response) => {
    const [type, body] = FILES[request.url] ?? ['text/plain', '']
    response.setHeader('content-type', type).end(body)
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  return site
}

/** Runs in the page before its scripts: which timers wait. */
const watchTimers = () => {
  globalThis.waiting = new Set()
  const { setTimeout: set, clearTimeout: clear, setInterval: repeat } = globalThis
  globalThis.setTimeout = (run, ms, ...args) => {
    const timer = set(() => {
      globalThis.waiting.delete(timer)
      run(...args)
    }, ms)
    globalThis.waiting.add(timer)
    return timer
  }
  globalThis.clearTimeout = timer => {
    globalThis.waiting.delete(timer)
    clear(timer)
  }
  globalThis.setInterval = (...args) => {
    const timer = repeat(...args)
    globalThis.waiting.add(timer)
    return timer
  }
}

/** Runs in the page: rounds of calls, all acknowledged; resolves with the µs of a call in each. */
const callInRounds = async ([rounds, calls]) => {
  const { pulse } = globalThis
  const spent = []
  for (let round = 0; round < rounds; round++) {
    const from = performance.now()
    for (let n = 0; n < calls; n += 2) {
      pulse.enter('checkout.payment')
      pulse.feedback('checkout.payment', { scale: 'smiley', score: 4 })
    }
    spent.push(((performance.now() - from) / calls) * 1_000)
    await pulse.flush()
  }
  return spent
}

const pulssi = await startPulssi()
const site = await openSite()
const browser = await driver.launch({ executablePath: chromium(), args: FLAGS })
const page = await browser.newPage()
await page.addInitScript(watchTimers)
await page.goto(`http://127.0.0.1:${site.address().port}/`)
const session = await page.context().newCDPSession(page)
// The processor's time, not the clock's: others may use the machine too.
await session.send('Performance.enable', { timeDomain: 'threadTicks' })
await session.send('Profiler.enable')
await session.send('Profiler.setSamplingInterval', { interval: SAMPLE_US })
/** Microseconds that the page's thread has worked so far. */
const workedUs = async () => {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration').value * MICROSECONDS
}

/** Of the time in which a profile saw the thread at work, the share that passed in the functions of a file. */
const shareOf = ({ nodes, samples, timeDeltas }, file) => {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const timeIn = isWanted => samples.reduce((sum, id, n) => sum + (isWanted(frames.get(id)) ? timeDeltas[n] : 0), 0)
  return timeIn(({ url }) => url.endsWith(file)) / timeIn(({ functionName }) => functionName !== '(idle)')
}

/** Calls in rounds; microseconds: of a call by the clock; of an event in the SDK's functions and of the whole thread. */
const spentOn = async (rounds, calls) => {
  const before = await workedUs()
  const called = await page.evaluate(callInRounds, [rounds, calls])
  const thread = ((await workedUs()) - before) / (rounds * calls)
  // Once more, since a profiler costs much of what it sees.
  await session.send('Profiler.start')
  await page.evaluate(callInRounds, [rounds, calls])
  const { profile } = await session.send('Profiler.stop')
  return { call: median(called), sdk: thread * shareOf(profile, 'pulssi.min.js'), thread }
}

await page.evaluate(
  url =>
    new Promise(resolve => {
      globalThis.pulse = globalThis.pulssi.createPulse({ url, key: 'sk_bench', identity: 'page' })
      globalThis.pulse.on('open', resolve)
    }),
  pulssi.url,
)
const [cold] = await page.evaluate(callInRounds, [ROUNDS >> 2, ROUND_CALLS])
const many = await spentOn(ROUNDS, ROUND_CALLS)
const few = await spentOn(ALONE, 2)
const beside = ({ thread }) => `${thread.toFixed(1)} with what the browser does for it: socket, timers, waking up`
result('page, a call', many.call, 'µs', `${cold.toFixed(1)} in the first ${ROUND_CALLS} of a page`)
result('page, an event of a frame of 100', many.sdk, 'µs', beside(many))
result('page, an event of a frame of two', few.sdk, 'µs', beside(few))

const { queued, refused, lost } = await page.evaluate(() => globalThis.pulse.stats())
const isWhole = queued + refused + Object.values(lost).reduce((sum, n) => sum + n, 0) === 0
const timers = await page.evaluate(() => globalThis.waiting.size)
const beforeIdle = await workedUs()
await new Promise(resolve => setTimeout(resolve, IDLE_MS))
const idleMs = ((await workedUs()) - beforeIdle) / 1_000
result('page, timers while idle', timers, '', `${idleMs.toFixed(1)} ms of tasks in ${IDLE_MS / 1_000} s`, isWhole)

await browser.close()
site.close()
site.closeAllConnections()
await pulssi.close()
