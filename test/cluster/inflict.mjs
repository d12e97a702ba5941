/** Does one fault to a cluster, and watches until all of it is live again. */
import { isLongStop } from './faults.mjs'

const LOOK_MS = 20
/** Whatever was done: not live again within so long, and the run has failed. */
const RECOVERY_MS = 90_000
/** How long a process that was asked to end may take. */
const DRAIN_MS = 40_000

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Of those who can see anything now. */
const seeing = ({ fleet, subscribers }) => subscribers.filter((_, i) => fleet.gateways[i].life.state === 'up')

/** Every gateway that runs shows everything as live, and said so after `since`. */
const allLive = (run, since) => seeing(run).every(({ stale, heardAt }) => stale?.length === 0 && heardAt > since)

/**
 * Resolves once `isServed` holds and every subscriber sees all live since. `stale`: what each gateway's subscriber saw as
 * stale on the way.
 */
export const liveAgain = async (run, what, isServed) => {
  const startedAt = performance.now()
  const stale = run.subscribers.map(() => new Set())
  let servedAt = null
  for (;;) {
    run.subscribers.forEach(({ stale: now }, i) => {
      for (const partition of now ?? []) stale[i].add(partition)
    })
    const now = performance.now()
    if (servedAt === null && isServed()) servedAt = now
    if (servedAt !== null && allLive(run, servedAt)) return { servedAt, liveAt: now, stale }
    if (now - startedAt > RECOVERY_MS) {
      const heard = [...run.ear.heard].map(
        ([partition, { epoch, at }]) => `${partition}:${epoch} ${Math.round(now - at)}`,
      )
      const seen = run.subscribers.map(({ stale }) => JSON.stringify(stale))
      throw new Error(`${what}: not live again; stale ${seen.join(' ')}; last folded, ms ago: ${heard.join(', ')}`)
    }
    await pause(LOOK_MS)
  }
}

const nameOf = ({ target, index, how }) => `${how} ${target} ${index}`

const lifeOf = ({ fleet, nats }, { target, index }) => {
  if (target === 'nats') return nats.lives[index]
  return (target === 'worker' ? fleet.workers : fleet.gateways)[index].life
}

const drained = async life => {
  const late = AbortSignal.timeout(DRAIN_MS)
  const isLate = new Promise((_, reject) => {
    late.onabort = () => reject(new Error(`${life.name} was asked to end and has not, ${DRAIN_MS} ms later`))
  })
  const startedAt = performance.now()
  await Promise.race([life.end('SIGTERM'), isLate])
  return performance.now() - startedAt
}

/** Resolves once the fault is undone: the process runs again. */
const doAndUndo = async (run, fault, life) => {
  const { how, holdMs, target, index } = fault
  const holding = pause(holdMs)
  if (how === 'stop') {
    life.stop()
    await holding
    life.goOn()
    return { endMs: null, startMs: null }
  }
  const endMs = how === 'drain' ? await drained(life) : await life.end().then(() => null)
  await holding
  const startMs = target === 'nats' ? await run.nats.startNode(index) : await run.fleet.up(life)
  return { endMs, startMs }
}

/** Its partitions have to be served by others. */
const losesLeases = fault => fault.target === 'worker' && (fault.how !== 'stop' || isLongStop(fault))

/** Between the last that one folded and the first that another did: the longest of these partitions. */
const gapOf = ({ ear }, held) =>
  held.size === 0 ? null : Math.max(...[...held.keys()].map(partition => ear.heard.get(partition).gapMs))

/**
 * Resolves with what came of it. `servedMs`: until somebody else folds what the process had held; null where it held
 * nothing, or nobody could say. `gapMs`: the longest that nobody folded one of these. `liveMs`: until every gateway that runs shows all partitions as live.
 */
export const inflict = async (run, fault) => {
  const { ear, leases, crew, startedAt } = run
  const life = lifeOf(run, fault)
  const held = losesLeases(fault) ? await leases.of(life.pid) : null
  const what = nameOf(fault)
  const at = performance.now()
  const isNew = ([partition, epoch]) => (ear.heard.get(partition)?.epoch ?? 0) > epoch
  const isTaken = () => [...held].every(isNew)
  const [{ endMs, startMs }, taken] = await Promise.all([
    doAndUndo(run, fault, life),
    held === null ? null : liveAgain(run, what, isTaken).then(found => ({ ...found, gapMs: gapOf(run, held) })),
  ])
  const since = performance.now()
  if (fault.target === 'nats') await run.nats.current(fault.index)
  const isFolded = () => [...ear.heard.values()].every(known => known.at > since)
  const all = await liveAgain(run, `after ${what}`, isFolded)
  const { servedAt, liveAt, stale } = taken ?? { ...all, servedAt: null }
  return {
    ...fault,
    atMs: at - startedAt,
    acked: crew.acked,
    partitions: held?.size ?? null,
    servedMs: held?.size > 0 ? servedAt - at : null,
    gapMs: taken?.gapMs ?? null,
    liveMs: liveAt - at,
    endMs,
    startMs,
    /** For each gateway, how many of the partitions in question it showed as stale. */
    stale: stale.map(seen => (held === null ? seen.size : [...held.keys()].filter(one => seen.has(one)).length)),
  }
}
