/**
 * A cluster under faults: clients send without a pause over all gateways while processes of Pulssi and nodes of NATS are
 * killed and stopped. At the end an auditor compares what was acknowledged with what each gateway counts, and a checker
 * reads who committed what.
 */
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { audit } from '../kill/audit.mjs'
import { Crew } from '../kill/crew.mjs'
import { JOURNEY } from '../kill/story.mjs'
import { planFaults } from './faults.mjs'
import { Fleet, Leases } from './fleet.mjs'
import { checkHistory, readHistory } from './history.mjs'
import { inflict, liveAgain } from './inflict.mjs'
import { Nats } from './nats.mjs'
import { outage } from './outage.mjs'
import { Processes } from './processes.mjs'
import { Ear, Subscriber } from './watcher.mjs'

const PROJECT = 'faults'
const BUCKET = `pulssi-${PROJECT}-values`
const KEY = 'sk_faults'
const TOKEN = 'rt_audit'
const IMAGE_SECONDS = 5
/** What the fences say of an output that they did not let pass. */
const FENCED = /"(?:type|name)":"Fenced"/g

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

const configured = (folder, { servers, replicas, partitions }) => {
  const access = { keys: [{ key: KEY }], readTokens: [{ token: TOKEN }] }
  const server = { partitions, imageSeconds: IMAGE_SECONDS, nats: { servers, replicas } }
  const file = join(folder, 'config.json')
  writeFileSync(file, JSON.stringify({ project: PROJECT, ...access, server, journey: JOURNEY }))
  const mapFile = join(folder, 'map.json')
  writeFileSync(mapFile, JSON.stringify(JOURNEY.touchpoints))
  return { file, mapFile }
}

/** All that a gateway says of its figures, but for when it says so. */
const figuresOf = async url => {
  const headers = { authorization: `Bearer ${TOKEN}` }
  const { clock, pulses, ...rest } = await (await fetch(`${url}/v1/journey?window=total`, { headers })).json()
  return JSON.stringify({ ...rest, pulses: pulses.map(({ clock, ageMs, ...pulse }) => pulse) })
}

/** Each gateway's figures against what clients wrote down, and against one another. */
const auditAll = async ({ fleet, folder, mapFile, audits, disagreements }) => {
  const urls = fleet.gateways.map(({ url }) => url)
  audits.push(await Promise.all(urls.map(url => audit(folder, url, TOKEN, mapFile))))
  const said = new Set(await Promise.all(urls.map(figuresOf)))
  if (said.size > 1) disagreements.push([...said])
}

const allServed = (run, what) => {
  const since = performance.now()
  const { ear, options } = run
  return liveAgain(run, what, () => {
    const heard = [...ear.heard.values()]
    return heard.length === options.partitions && heard.every(({ at }) => at > since)
  })
}

/** What happens, as it happens: of a run that breaks off nothing else is left. */
const tell = ({ startedAt, options }, what) =>
  options.tell(`  ${((performance.now() - startedAt) / 1_000).toFixed(1)} s: ${what}`)

/** Those of the plan, one after the other, some at once. */
const inflictAll = async (run, plan) => {
  let under = []
  for (const fault of plan) {
    await pause(fault.restMs)
    const isAmongOthers = under.length > 0 || fault.isWithNext
    tell(run, `${fault.how} ${fault.target} ${fault.index} for ${fault.holdMs} ms`)
    const doing = async () => {
      const done = await inflict(run, fault)
      run.faults.push({ ...done, isAmongOthers })
      tell(run, `live ${Math.round(done.liveMs)} ms after ${fault.how} ${fault.target} ${fault.index}`)
    }
    under.push(doing())
    // Where it fails while the next one begins, the failure waits for its turn.
    if (fault.isWithNext) under.at(-1).catch(() => undefined)
    else {
      await Promise.all(under)
      under = []
    }
  }
}

const history = async servers => {
  const connection = await connect({ servers })
  try {
    return checkHistory(await readHistory(connection, BUCKET))
  } finally {
    await connection.close()
  }
}

/** All of a run once everything is up. */
const story = async run => {
  const { options, crew, fleet } = run
  await crew.allUp()
  await allServed(run, 'at the start')
  tell(run, 'all live')
  const plan = planFaults(options.seed, options.faults, {
    gateway: options.gateways,
    worker: options.workers,
    nats: options.nodes,
  })
  const half = options.natsDownMs > 0 ? Math.ceil(plan.length / 2) : plan.length
  await inflictAll(run, plan.slice(0, half))
  if (options.natsDownMs > 0) run.outage = await outage(run, options.natsDownMs, { key: KEY, folder: run.folder })
  await inflictAll(run, plan.slice(half))
  tell(run, 'no more faults')
  await crew.reaches(options.events)
  await crew.drain()
  tell(run, 'all acknowledged')
  await allServed(run, 'with all acknowledged')
  await auditAll(run)
  const faults = await history(run.nats.servers)
  await fleet.killAll()
  await fleet.upAll()
  await allServed(run, 'all killed and started again')
  await auditAll(run)
  const { records, wrong } = await history(run.nats.servers)
  // Rows of the time under faults: when all are killed, nobody has anything.
  run.history = { rows: faults.rows, records, wrong }
}

const openRun = async (processes, options) => {
  const { folder } = processes
  const nats = await Nats.start(processes, options.nodes)
  const { servers } = nats
  const replicas = options.nodes < 3 ? 1 : 3
  await nats.keepHistory(BUCKET, replicas)
  const { file, mapFile } = configured(folder, { servers, replicas, partitions: options.partitions })
  const ear = await Ear.open(servers, PROJECT)
  const leases = await Leases.open(servers, BUCKET, options.partitions)
  const { gateways, workers } = options
  const fleet = await Fleet.start(processes, { gateways, workers, configFile: file })
  const subscribers = fleet.gateways.map(({ socketUrl }) => new Subscriber(socketUrl, TOKEN))
  const urls = fleet.gateways.map(({ socketUrl }) => socketUrl)
  const perSecond = (options.events * 1_000) / (options.faults * options.faultMs + options.natsDownMs)
  const crew = new Crew({ clients: options.clients, seed: options.seed, folder, urls, key: KEY, perSecond })
  const found = { faults: [], audits: [], disagreements: [], outage: null, history: null, startedAt: performance.now() }
  return { options, folder, mapFile, nats, ear, leases, fleet, subscribers, crew, ...found }
}

const closeRun = async ({ crew, subscribers, ear, leases, fleet }) => {
  crew.end()
  fleet.closing()
  for (const subscriber of subscribers) subscriber.close()
  await Promise.all([ear.close(), leases.close()])
}

const reportOf = (run, processes) => {
  const { options, faults, audits, disagreements, outage, history, fleet, crew } = run
  const fenced = [...processes.logs().values()].reduce((sum, log) => sum + (log.match(FENCED)?.length ?? 0), 0)
  const { made, sent, refusals, mostHeld } = crew
  const held =
    audits.flat().every(audit => audit.held) &&
    disagreements.length === 0 &&
    history.wrong.length === 0 &&
    fleet.crashes.length === 0 &&
    (outage === null ||
      outage.gateways.every(({ firstRefusalMs, withoutHint }) => firstRefusalMs !== null && withoutHint === 0))
  const { crashes, failedStarts } = fleet
  const { seed } = options
  return {
    seed,
    faults,
    outage,
    audits,
    disagreements,
    history,
    fenced,
    crashes,
    failedStarts,
    made,
    sent,
    refusals,
    mostHeld,
    held,
  }
}

/**
 * Runs it all in a temporary folder, which is removed; `logs`: where the processes' logs are copied to first. Resolves
 * with what was found.
 */
export const runFaults = async ({ logs, ...options }) => {
  const processes = new Processes()
  let run = null
  try {
    run = await openRun(processes, options)
    await story(run)
    return reportOf(run, processes)
  } finally {
    if (run !== null) await closeRun(run)
    if (logs !== undefined) cpSync(processes.folder, logs, { recursive: true, filter: file => !file.includes('/data') })
    await processes.close()
  }
}
