// What the core with `auto` (and the widget, where it is built) costs a page: a click that is judged and answered, ten
// seconds in which nobody does anything, and a short visit, by the browser's own trace.
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { chromium as driver } from 'playwright-core'
import { chromium } from '../tools/chromium.mjs'
import { note, quick, result } from './child.mjs'
import { startPulssi } from './servers.mjs'

const CLICKS = quick ? 20 : 300
const IDLE_MS = quick ? 1_000 : 10_000
const LONG_MS = 50
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
const FILES = ['pulssi.min.js', 'auto.min.js', 'widget.min.js'].filter(file => existsSync(fileOf(file)))
const OURS = /(pulssi|auto|widget)\.min\.js/

function fileOf(file) {
  return new URL(`../../sdk/dist/${file}`, import.meta.url)
}

const pulssi = await startPulssi()
const PAGE = `<!doctype html><title>page</title><button>one</button><button>two</button><p>0</p>
<script src="/page.js"></script>`
const SCRIPT = `
  let n = 0
  for (const button of document.querySelectorAll('button'))
    button.onclick = () => { document.querySelector('p').textContent = ++n }
`
const START = `
  const pulse = pulssi.createPulse({ url: '${pulssi.url}', key: 'sk_bench', identity: 'page' })
  pulssiAuto.auto(pulse, { pages: { '/': 'shop.home', '/product/*': 'shop.product' } })
  globalThis.pulssiWidget?.attach?.(pulse)
`
const site = createServer((request, response) => {
  const name = request.url.slice(1)
  const text = FILES.includes(name) ? readFileSync(fileOf(name)) : { 'page.js': SCRIPT, 'start.js': START }[name]
  response.setHeader('content-type', text === undefined ? 'text/html' : 'text/javascript')
  response.end(text ?? PAGE + [...FILES, 'start.js'].map(file => `<script src="/${file}"></script>`).join(''))
})
site.listen(0, '127.0.0.1')
await once(site, 'listening')
const browser = await driver.launch({ executablePath: chromium(), args: FLAGS })

/** Runs `use` under a trace; resolves with its events. */
const traced = async (page, use) => {
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-v8.cpu_profiler', 'toplevel'],
  })
  await use()
  return JSON.parse((await browser.stopTracing()).toString()).traceEvents
}
/** Events in which a function of the SDK's files ran. */
const callsOf = events => events.filter(({ name, args }) => name === 'FunctionCall' && OURS.test(args?.data?.url ?? ''))
const lengthMs = events => events.reduce((sum, { dur = 0 }) => sum + dur, 0) / 1_000

const page = await browser.newPage()
await page.goto(`http://127.0.0.1:${site.address().port}/`)
await page.waitForFunction(() => document.querySelector('p') && globalThis.pulssiAuto)

const clicked = callsOf(
  await traced(page, async () => {
    for (let n = 0; n < CLICKS; n++)
      await page
        .locator('button')
        .nth(n % 2)
        .click()
  }),
)
result('page with auto, a click', (lengthMs(clicked) / CLICKS) * 1_000, 'µs', `${FILES.join(', ')}`)

const walked = callsOf(
  await traced(page, () =>
    page.evaluate(times => {
      for (let n = 0; n < times; n++) history.pushState({}, '', `/product/${n % 2}`)
    }, CLICKS),
  ),
)
result('page with auto, a navigation', (lengthMs(walked) / CLICKS) * 1_000, 'µs', `${CLICKS} in a row`)

// What was begun comes to its end first.
await page.evaluate(() => new Promise(done => setTimeout(done, 4_000)))
const idle = await traced(page, () => new Promise(done => setTimeout(done, IDLE_MS)))
const timers = idle.filter(({ name }) => name === 'TimerFire').length
result('page with auto, calls while idle', callsOf(idle).length, '', `${timers} timers in ${IDLE_MS / 1_000} s`)

const load = await traced(page, async () => {
  await page.reload()
  for (const n of [0, 1]) await page.locator('button').nth(n).click()
})
const long = callsOf(load).filter(({ dur = 0 }) => dur > LONG_MS * 1_000)
const longest = Math.max(0, ...callsOf(load).map(({ dur = 0 }) => dur / 1_000))
result('page with auto, long tasks of a visit', long.length, '', `the longest call took ${longest.toFixed(1)} ms`)
if (FILES.length < 3) note('the widget is not built')

await browser.close()
site.close()
site.closeAllConnections()
await pulssi.close()
