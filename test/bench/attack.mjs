// Somebody attacks as hard as he can while 50 clients send at half load: their p99 from sending to ack, beside what it
// is while the same attacker attacks a bare `ws` server in another process, so that the processor time that he takes
// for himself is in both; and the server's memory, beside what it is in calm.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ATTACKS, KEYS, ORIGIN } from './attacks.mjs'
import { asked, note, quick, result } from './child.mjs'
import { percentile } from './measure.mjs'
import { cpuSeconds, startBare, startPulssi } from './servers.mjs'

const SECONDS = Number(asked.attackSeconds ?? (quick ? 1 : 30))
const TOP_SECONDS = quick ? 1 : 4
const CALM_SECONDS = quick ? 1 : 4
const P99 = 0.99
const UNIT = 'of p99 else'
const LOOK_MS = 200
/** Between two attacks: what one left behind shall not be blamed on the next. */
const PAUSE_MS = quick ? 200 : 2_000
const FIRST_ADDRESS = 2

const CONFIG = {
  keys: [{ key: KEYS.page, origins: [ORIGIN] }, { key: KEYS.service }],
  readTokens: [{ token: KEYS.token }],
  limits: {},
}

/** Enough to see that it runs. */
const QUICK = ['connections', 'pings, unread', 'http']
const wanted = quick ? ATTACKS.filter(({ name }) => QUICK.includes(name)) : ATTACKS

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
const child = script => fork(fileURLToPath(new URL(script, import.meta.url)))

/** Sends an order and resolves with the answer of the type given. */
const order = (process, message, type, onMessage = () => {}) =>
  new Promise((resolve, reject) => {
    const died = () => reject(new Error('a process of the bench has died'))
    const hear = answer => {
      onMessage(answer)
      if (answer.type !== type) return
      process.off('message', hear)
      process.off('exit', died)
      resolve(answer)
    }
    process.on('message', hear)
    process.once('exit', died)
    process.send(message)
  })

const rssKilobytes = pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])

const clients = child('attack-clients.mjs')
const attacker = child('attacker.mjs')
const servers = { bare: await startBare(), pulssi: await startPulssi(CONFIG) }

/** Runs the clients, and an attack on `victim` as soon as they are warm. `attack`: null for calm. */
const run = async (victim, attack, framesPerSecond, seconds, address) => {
  const { url, pid } = servers.pulssi
  let rss = 0
  let cpuBefore = 0
  const look = setInterval(() => {
    rss = Math.max(rss, rssKilobytes(pid))
  }, LOOK_MS)
  let attacking = Promise.resolve({ connections: 0, writes: 0 })
  const onMessage = ({ type }) => {
    if (type !== 'started') return
    cpuBefore = cpuSeconds(pid)
    if (attack === null) return
    const { port } = new URL(servers[victim].url)
    attacking = order(attacker, { attack: attack.name, port, seconds, from: address }, 'done')
  }
  const { framesPerSecond: reached, latenciesMs } = await order(
    clients,
    { target: 'pulssi', url, seconds, framesPerSecond },
    'done',
    onMessage,
  )
  const cpu = (cpuSeconds(pid) - cpuBefore) / seconds
  const did = await attacking
  clearInterval(look)
  await wait(PAUSE_MS)
  return { cpu, reached, p99: percentile(latenciesMs, P99), rss: Math.max(rss, rssKilobytes(pid)), did }
}

const top = await run('pulssi', null, null, TOP_SECONDS)
const half = top.reached / 2
note(`half load: ${Math.round(half)} frames of 20 events a second over 50 connections`)
const calm = await run('pulssi', null, half, SECONDS)
const ms = value => `${value.toFixed(1)} ms`
const cores = value => value.toFixed(2)
const beside = (ours, bare) =>
  [
    `${ms(ours.p99)}, else ${ms(bare.p99)}`,
    `cores ${cores(ours.cpu)}, else ${cores(bare.cpu)}`,
    `${ours.did.connections}+${ours.did.writes} connections+writes, else ${bare.did.connections}+${bare.did.writes}`,
  ].join('; ')
note(`in calm the p99 is ${ms(calm.p99)} and the server takes ${cores(calm.cpu)} cores`)

let worst = 0
let most = 0
for (const [index, attack] of wanted.entries()) {
  // An address of its own for each, so that none is turned away for what the last one did.
  const address = `127.0.0.${FIRST_ADDRESS + index}`
  const bare = await run('bare', attack, half, SECONDS, address)
  // What it holds grows with the windows that fill, attack or not: calm is the moment before.
  const before = await run('pulssi', null, half, CALM_SECONDS)
  const ours = await run('pulssi', attack, half, SECONDS, address)
  const ratio = ours.p99 / bare.p99
  const memory = ours.rss / before.rss
  worst = Math.max(worst, ratio)
  most = Math.max(most, memory)
  const megabytes = `memory × ${memory.toFixed(2)} of ${Math.round(before.rss / 1024)} MB`
  result(`attack, ${attack.name}`, ratio, UNIT, `${beside(ours, bare)}; ${megabytes}`)
}
result('attack, worst p99 of the others', worst, UNIT)
result('attack, most memory', most, 'of calm')
clients.disconnect()
attacker.disconnect()
await Promise.all(Object.values(servers).map(server => server.close()))
