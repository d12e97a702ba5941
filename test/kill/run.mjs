/**
 * The kill test: clients send without a pause while the server is killed at random moments and started again. At the
 * end an auditor compares what was acknowledged with what is counted.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '../bench/random.mjs'
import { audit } from './audit.mjs'
import { Crew } from './crew.mjs'
import { freePort, Server } from './server.mjs'
import { JOURNEY } from './story.mjs'

const KEY = 'sk_kill'
const TOKEN = 'rt_audit'
const PARTITIONS = 3
/** Of all kills: those that must find frames on their way, and those that must find an image half written. */
const IN_FLIGHT_SHARE = 0.75
const IMAGE_SHARE = 0.25
/** A kill that missed what it was for is made again; so many times the kills asked for, then the run has failed. */
const MOST_FACTOR = 4
const LIFE_MS = 3_000
const IMAGE_WAIT_MS = 10_000

const settle = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Which kills are still needed. */
const wants = ({ kills, options }) => ({
  more: kills.length < options.kills,
  inFlight: kills.filter(({ frames }) => frames > 0).length < Math.ceil(options.kills * IN_FLIGHT_SHARE),
  image: kills.filter(({ image }) => image).length < Math.ceil(options.kills * IMAGE_SHARE),
})

/** One life of the server to its end, and the start of the next. */
const killOnce = async (run, random, wantsImage) => {
  const { server, crew, kills, startedAt } = run
  await settle(random.below(2 * LIFE_MS))
  if (wantsImage) await server.imageBegins(IMAGE_WAIT_MS)
  if (server.ended) throw new Error(server.ended)
  const atMs = Math.round(performance.now() - startedAt)
  const image = await server.kill()
  const losses = await crew.losses()
  const acked = crew.acked
  const restartMs = await server.start()
  kills.push({ atMs, acked, ...losses, image, restartMs })
}

const killAll = async (run, random) => {
  const { crew, kills, options } = run
  await crew.allUp()
  for (let wanted = wants(run); wanted.more || wanted.inFlight || wanted.image; wanted = wants(run)) {
    if (kills.length >= options.kills * MOST_FACTOR) {
      const missed = wanted.image ? 'find an image half written' : 'find frames on their way'
      throw new Error(`${kills.length} kills, and too few that ${missed}`)
    }
    await killOnce(run, random, wanted.image && !random.once(3))
  }
  await crew.reaches(options.events)
}

/**
 * Runs it all in a temporary folder, which is removed. `command`: what runs in place of the built server. Resolves with
 * the kills and what the auditor said, before and after one more kill once all is acknowledged.
 */
export const runKills = async ({ seed, command, ...options }) => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-kill-'))
  const configFile = join(folder, 'config.json')
  const mapFile = join(folder, 'map.json')
  const access = { keys: [{ key: KEY }], readTokens: [{ token: TOKEN }] }
  const config = { ...access, server: { partitions: PARTITIONS, imageSeconds: 1 }, journey: JOURNEY }
  writeFileSync(configFile, JSON.stringify(config))
  writeFileSync(mapFile, JSON.stringify(JOURNEY.touchpoints))
  const port = await freePort()
  const server = new Server({ port, configFile, dataDir: join(folder, 'data'), ...(command && { command }) })
  const perSecond = (options.events * 1_000) / (options.kills * LIFE_MS)
  const urls = [`ws://127.0.0.1:${port}`]
  const random = new Random(seed)
  let crew
  try {
    const firstStartMs = await server.start()
    crew = new Crew({ clients: options.clients, seed, folder, urls, key: KEY, perSecond })
    const run = { server, crew, options, kills: [], startedAt: performance.now() }
    await killAll(run, random)
    await crew.drain()
    const audits = [await audit(folder, server.url, TOKEN, mapFile)]
    await server.kill()
    await server.start()
    audits.push(await audit(folder, server.url, TOKEN, mapFile))
    const { made, sent } = crew
    return { seed, kills: run.kills, firstStartMs, made, sent, audits, held: audits.every(({ held }) => held) }
  } finally {
    crew?.end()
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
