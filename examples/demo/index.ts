import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { DemoHost, Part } from '../../aggregator/src/cli/demo-host.js'
import { lineOf, startAlertHook } from '../alert-hook/hook.js'
import { openDesk } from '../phone-desk/desk.js'
import { startShop } from '../shop/server.js'
import { PAST_MS, startVisitors } from '../visitors/run.js'
import { onFreePort } from './ports.js'

/** Beside this module once it is bundled: the build copies them from `examples/`. */
const CONFIG = new URL('demo.config.json', import.meta.url)
const PAGES = new URL('pages/', import.meta.url)
const SHOP_PORT_STEP = 10
const HOOK_PORT_STEP = 20
const HOUR_MS = 3_600_000

const after = (port: number, step: number): number => (port === 0 ? 0 : port + step)

/** Starts everything, one after another; what was started is ended again where a later part fails. */
export async function startDemo(host: DemoHost): Promise<Part> {
  const parts: Part[] = []
  // The visitors and the desk hand in what they hold before the aggregator goes.
  const stop = async (): Promise<void> => {
    for (const part of parts.splice(0).reverse()) await part.stop()
  }
  try {
    await startParts(host, parts)
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}

async function startParts(host: DemoHost, parts: Part[]): Promise<void> {
  const started = <Kind extends Part>(part: Kind): Kind => {
    parts.push(part)
    return part
  }
  const { port, visitorsPerSecond, seed, signal } = host
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const hook = started(await onFreePort(after(port, HOOK_PORT_STEP), at => startHook(host, at, secret)))
  const config = JSON.parse(await readFile(CONFIG, 'utf8')) as { server: object }
  const env = { PULSSI_DEMO_HOOK_URL: hook.url, PULSSI_DEMO_HOOK_SECRET: secret }
  const serve = (at: number) => host.serve({ ...config, server: { ...config.server, port: at } }, env)
  const { url, isFresh } = started(await onFreePort(port, serve))
  const shop = started(
    await onFreePort(after(port, SHOP_PORT_STEP), at => startShop({ port: at, pulseUrl: url, pages: PAGES })),
  )
  const desk = started(openDesk({ url, key: 'sk_demo_desk' }))
  if (visitorsPerSecond > 0) {
    const pastMs = isFresh ? Math.min(PAST_MS, host.pastHours * HOUR_MS) : 0
    const key = 'sk_demo_visitors'
    started(await startVisitors({ url, key, desk, till: shop.till, seed, visitorsPerSecond, pastMs, signal }))
  }
  host.say('')
  host.say(`  Screen   ${url}/`)
  host.say(`  Shop     ${shop.url}/`)
  host.say(`  Hooks    ${hook.url} (what it gets is printed here)`)
  host.say('')
  if (visitorsPerSecond > 0)
    host.say(`About ${visitorsPerSecond} simulated visitors a second shop and phone the desk (seed ${seed}).`)
  host.say('Open both pages, tap a face in the shop, let payment fail, and watch the screen. Ctrl-C ends the demo.')
}

/** What an ops chat would get, in the terminal. */
const startHook = ({ say }: DemoHost, port: number, secret: string) =>
  startAlertHook({ port, secret, onIncident: (incident, at) => say(`  Hook     ${lineOf(incident, at)}`) })
