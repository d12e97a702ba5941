/**
 * `npm start`: the whole demo from a fresh clone. The aggregator with its data in `.pulssi/`, a shop, a phone desk and
 * visitors who use both. Addresses are printed as soon as they answer; Ctrl-C ends everything.
 *
 *   --no-visitors   nobody but you visits the shop
 *   --data DIR      another data folder
 *   PULSSI_PORT, SHOP_PORT   the first ports to try (8700, 8710)
 *   PULSSI_SEED     a number: the same visitors again
 */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startAggregator } from './start/aggregator.mjs'
import { prepare } from './start/fresh.mjs'
import { freePort } from './start/ports.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const EVENTS_PER_SECOND = 20

const say = line => process.stdout.write(`${line}\n`)
const part = path => import(new URL(`./dist/${path}`, import.meta.url).href)

function readOptions() {
  const { values } = parseArgs({
    options: { 'no-visitors': { type: 'boolean', default: false }, data: { type: 'string' } },
  })
  const number = (name, otherwise) => {
    const text = process.env[name] ?? ''
    if (text === '') return otherwise
    if (!/^\d{1,15}$/.test(text)) throw new Error(`${name} must be a whole number, but is "${text}"`)
    return Number(text)
  }
  return {
    visitors: !values['no-visitors'],
    dataDir: resolve(values.data ?? join(ROOT, '.pulssi')),
    aggregatorPort: number('PULSSI_PORT', 8700),
    shopPort: number('SHOP_PORT', 8710),
    seed: number('PULSSI_SEED', Date.now()),
  }
}

/** Starts part after part; what was started is pushed to `parts`, so that it can be ended when a later one fails. */
async function start(options, parts, signal) {
  await prepare(ROOT, say, signal)
  const port = await freePort(options.aggregatorPort, 'PULSSI_PORT')
  const config = join(ROOT, 'examples', 'demo.config.json')
  const aggregator = await startAggregator({ root: ROOT, config, dataDir: options.dataDir, port, signal })
  parts.push(aggregator)

  const { startShop } = await part('shop/server.js')
  const shop = await startShop({
    port: await freePort(options.shopPort, 'SHOP_PORT', [port]),
    pulseUrl: aggregator.socketUrl,
  })
  parts.push(shop)

  say('')
  say(`  Screen   ${aggregator.url}/`)
  say(`  Shop     ${shop.url}/`)
  say('')

  const { openDesk } = await part('phone-desk/desk.js')
  const desk = openDesk({ url: aggregator.socketUrl, key: 'sk_demo_desk' })
  parts.push(desk)
  if (options.visitors) {
    const { startVisitors } = await part('visitors/run.js')
    const { seed } = options
    const url = aggregator.socketUrl
    parts.push(startVisitors({ url, key: 'sk_demo_visitors', desk, seed, eventsPerSecond: EVENTS_PER_SECOND }))
    say(`Simulated visitors (seed ${seed}) browse the shop and phone the desk, ${EVENTS_PER_SECOND} events a second.`)
  }
  say('Open both pages, tap a face in the shop and watch the screen. Ctrl-C ends the demo.')
  return { ended: aggregator.ended }
}

async function main() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) throw new Error('Pulssi needs Node 20.19 or newer')
  const parts = []
  const ending = new AbortController()
  const asked = new Promise(done => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(name, () => {
        ending.abort()
        done(null)
      })
    }
  })
  try {
    const { ended } = await start(readOptions(), parts, ending.signal)
    const reason = await Promise.race([asked, ended])
    if (reason !== null) throw new Error(reason)
  } catch (error) {
    if (!ending.signal.aborted) throw error
  } finally {
    // The visitors and the desk hand in what they hold before the aggregator goes.
    for (const each of parts.reverse()) await each.stop()
  }
}

main().catch(error => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
