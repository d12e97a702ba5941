/** NATS is gone for a while: every node is killed, and started again. */
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { liveAgain } from './inflict.mjs'
import { Keeper } from './keeper.mjs'

const PROBE_MS = 1_000
const ANSWER_MS = 20_000
const BACK_MS = 60_000
const KB = 1024

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

const rssBytes = pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * KB

/** Sends one event after the other to one gateway over HTTP; the same one again until it is taken. */
class Probe {
  /** Status → how often; 0: no answer. */
  answers = new Map()
  /** Refusals that did not say when to come again. */
  withoutHint = 0
  firstRefusal = null
  slowestMs = 0
  #url
  #key
  #file
  #visitor
  #seq = 0

  constructor({ url, key, folder, index }) {
    this.#url = `${url}/v1/events`
    this.#key = key
    this.#visitor = `probe-${index}`
    this.#file = join(folder, `acknowledged-${this.#visitor}.ndjson`)
  }

  /** Resolves with whether it was taken. */
  async once() {
    const [visitor, stream, seq, touchpoint, kind] = [this.#visitor, 's-probe', this.#seq, 'shop.home', 'enter']
    const body = JSON.stringify({ events: [{ visitor, stream, seq, at: Date.now(), kind, touchpoint }] })
    const headers = { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' }
    const startedAt = performance.now()
    const signal = AbortSignal.timeout(ANSWER_MS)
    const answer = await fetch(this.#url, { method: 'POST', headers, body, signal }).catch(() => null)
    const text = await answer?.text().catch(() => '')
    this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt)
    const status = answer?.status ?? 0
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1)
    if (status === 200) {
      if (JSON.parse(text).rejected.length > 0) throw new Error(`the probe was rejected: ${text}`)
      appendFileSync(this.#file, `${JSON.stringify([visitor, stream, seq, touchpoint, kind, ''])}\n`)
      this.#seq++
      return true
    }
    if (status === 503) {
      this.firstRefusal ??= performance.now()
      if (!(Number(answer.headers.get('retry-after')) > 0)) this.withoutHint++
    } else if (status !== 0) throw new Error(`the probe was answered ${status}: ${text}`)
    return false
  }
}

/** Resolves with what the gateways said meanwhile, and how long it took until all was live again. */
export const outage = async (run, downMs, access) => {
  const { nats, fleet, crew, ear } = run
  const probes = fleet.gateways.map(({ url }, index) => new Probe({ ...access, url, index }))
  for (const probe of probes) if (!(await probe.once())) throw new Error('the probe was not taken before the outage')
  const keeper = new Keeper({ ...access, url: fleet.gateways[0].socketUrl })
  const before = crew.acked
  const refusals = crew.refusals
  const at = performance.now()
  await Promise.all(nats.lives.map(life => life.end()))
  let mostBytes = 0
  while (performance.now() - at < downMs) {
    await Promise.all([...probes.map(probe => probe.once()), pause(PROBE_MS)])
    mostBytes = Math.max(mostBytes, ...fleet.gateways.map(({ life }) => (life.pid === null ? 0 : rssBytes(life.pid))))
  }
  const ackedMeanwhile = crew.acked - before
  const backAt = performance.now()
  await Promise.all(nats.lives.map((_, index) => nats.startNode(index)))
  const until = performance.now() + BACK_MS
  for (const probe of probes) {
    while (!(await probe.once())) {
      if (performance.now() > until) throw new Error(`${BACK_MS} ms after NATS came back a gateway takes nothing`)
      await pause(PROBE_MS)
    }
  }
  const takenMs = performance.now() - backAt
  await keeper.end()
  const since = performance.now()
  await liveAgain(run, 'after the outage', () => [...ear.heard.values()].every(known => known.at > since))
  return {
    downMs,
    ackedMeanwhile,
    takenMs,
    liveMs: performance.now() - backAt,
    refusals: crew.refusals - refusals,
    mostBytes,
    kept: { mostQueued: keeper.mostQueued, full: keeper.full },
    gateways: probes.map(({ answers, withoutHint, firstRefusal, slowestMs }) => ({
      answers: Object.fromEntries(answers),
      withoutHint,
      firstRefusalMs: firstRefusal === null ? null : firstRefusal - at,
      slowestMs,
    })),
  }
}
