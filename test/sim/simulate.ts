import { type Journey, WINDOWS, type Window } from '@pulssi/protocol/client'
import { type Difference, difference, type LogItem, Recount, Verdict } from '../recount/index.js'
import { checkBounds, checkConservation } from './bounds.js'
import { Cluster, NOW } from './cluster.js'
import { checkDetails, detailsText } from './details.js'
import { type Features, featuresOf } from './features.js'
import { generateRun, type Run } from './generate.js'
import type { EngineModule } from './log.js'
import { Mismatch } from './mismatch.js'
import { Random } from './random.js'
import { Cap } from './world.js'

const HOUR = 3_600_000
/** No stream and no visitor is forgotten in a run shorter than this, whatever its order. */
const REMEMBERED_MS = 24 * HOUR
const SHUFFLE_SHARE = 0.4
const TICKS_CHECKED = 2
/** Set apart from the draws that make the run, so that a run shortened by hand keeps its crashes. */
const PLAY_SALT = 0x5eed

/** Plays the run of this seed and throws a `Mismatch` where the engine is not what it should be. */
export const runSimulation = (seed: number, api: EngineModule): Features => checkRun(generateRun(seed), api)

export const checkRun = (run: Run, api: EngineModule): Features => {
  const random = new Random(run.seed ^ PLAY_SALT)
  const cluster = new Cluster(api, run, run.world.partitions, true)
  const checked = run.world.cap === Cap.none ? someTicks(random, run.items) : new Set<number>()
  run.items.forEach((item, i) => {
    cluster.play(item)
    if (checked.has(i)) compare(run, cluster, run.items.slice(0, i + 1), 'the recount in the middle')
  })
  cluster.settle()
  checkConservation(run, cluster)
  checkView(run, cluster)
  if (run.world.cap !== Cap.none) {
    checkBounds(run, cluster)
    return featuresOf(run, cluster, recountOf(run, cluster, run.items))
  }
  const recount = compare(run, cluster, run.items, 'the recount')
  checkDetails(run, cluster, recount)
  checkVerdicts(run, cluster, recount)
  checkSplit(run, api, cluster, recount)
  if (random.chance(SHUFFLE_SHARE)) checkShuffled(run, api, recount, random)
  return featuresOf(run, cluster, recount)
}

const recountOf = (run: Run, { partitionOf }: Cluster, items: readonly LogItem[]): Recount =>
  new Recount(items, { config: run.world.config, dataClock: run.world.dataClock, partitionOf })

/** Ticks that no receive time before them exceeds: after one all partitions have the same clock. */
const someTicks = (random: Random, items: readonly LogItem[]): Set<number> => {
  let newest = 0
  const whole: number[] = []
  items.forEach((item, i) => {
    if (item.type === 'tick' && item.at >= newest && newest > 0) whole.push(i)
    if (item.type === 'event') newest = Math.max(newest, item.receivedAt)
    if (item.type === 'erase') newest = Math.max(newest, item.at)
    if (item.type === 'tick') newest = Math.max(newest, item.at)
  })
  return new Set(random.shuffled(whole.slice(0, -1)).slice(0, TICKS_CHECKED))
}

const within = (window: Window, found: Difference | null): Difference | null =>
  found && { ...found, path: `${window}.${found.path}` }

/** Every window and roll-up of the view against the recount. */
const compare = (run: Run, cluster: Cluster, items: readonly LogItem[], check: string): Recount => {
  cluster.settle()
  const recount = recountOf(run, cluster, items)
  for (const window of WINDOWS) {
    const journey = cluster.view.journey(window, NOW)
    Mismatch.unless(run.seed, check, within(window, difference(recount.journey(window), journey)))
    const rollUps = recount.rollUps.map(name => cluster.view.pulse(name, window, NOW))
    const expected = recount.pulses(recount.rollUps, window)
    Mismatch.unless(run.seed, `${check} of roll-ups`, within(window, difference(expected, rollUps)))
  }
  return recount
}

/** A view built anew from whole partials says the same bytes as one that followed every change. */
const checkView = (run: Run, cluster: Cluster): void => {
  const fresh = cluster.freshView()
  Mismatch.unlessSameText(run.seed, 'details of a fresh view', detailsText(fresh), detailsText(cluster.view))
  for (const window of WINDOWS) {
    const expected = JSON.stringify(fresh.journey(window, NOW))
    const actual = JSON.stringify(cluster.view.journey(window, NOW))
    Mismatch.unlessSameText(run.seed, `a fresh view in ${window}`, expected, actual)
  }
}

const checkVerdicts = (run: Run, { verdicts }: Cluster, { judged }: Recount): void => {
  for (const name of ['accepted', 'duplicates', 'tooLate'] as const) {
    Mismatch.unlessEqual(run.seed, 'the sum of verdicts', name, judged.totals[name], verdicts[name])
  }
  // What the door let through and the engine refused.
  const tooFar = run.items.filter(
    (item, i) => item.type === 'event' && !item.refused && judged.verdicts[i] === Verdict.rejected,
  ).length
  Mismatch.unlessEqual(run.seed, 'the sum of verdicts', 'refused', tooFar, verdicts.refused)
}

/** One engine that saw all has the same digest as the partitions together. */
const checkSplit = (run: Run, api: EngineModule, cluster: Cluster, recount: Recount): void => {
  const { evenClocks } = run.world
  // Where one partition's clock is behind another's, `late` may differ, and a stream be forgotten earlier or later.
  // An erasure resolves by the clock.
  if (!evenClocks && (erases(run) || !isShort(run, recount))) return
  const one = playAll(run, api, run.items)
  const options = { late: evenClocks }
  const expected = api.digest(one.engines, options)
  Mismatch.unlessSameText(run.seed, 'digest of the split', expected, api.digest(cluster.engines, options))
}

/** Visitors interleaved in any order, each visitor's own order kept, count the same, `late` and `tooLate` apart. */
const checkShuffled = (run: Run, api: EngineModule, recount: Recount, random: Random): void => {
  if (erases(run) || !isShort(run, recount)) return
  const one = playAll(run, api, interleaved(random, run.items))
  for (const window of WINDOWS) {
    const expected: Journey = recount.journey(window)
    const found = difference(expected, one.view.journey(window, NOW), { ignore: ['late', 'tooLate'] })
    Mismatch.unless(run.seed, 'a shuffled order', within(window, found))
  }
}

const playAll = (run: Run, api: EngineModule, items: readonly LogItem[]): Cluster => {
  const one = new Cluster(api, run, 1, false)
  for (const item of items) one.play(item)
  one.settle()
  return one
}

const erases = ({ items }: Run): boolean => items.some(({ type }) => type === 'erase')

/** The whole log's receive times lie within a time in which nothing is forgotten. */
const isShort = (run: Run, { judged }: Recount): boolean => {
  const times = run.items.flatMap(item => (item.type === 'event' ? [item.receivedAt] : []))
  return judged.clock - Math.min(...times) < REMEMBERED_MS
}

const interleaved = (random: Random, items: readonly LogItem[]): LogItem[] => {
  const byVisitor = new Map<string, LogItem[]>()
  const rest: LogItem[] = []
  let last: LogItem = { type: 'tick', at: 0 }
  for (const item of items) {
    if (item.type === 'event') byVisitor.set(item.visitor, [...(byVisitor.get(item.visitor) ?? []), item])
    else if (item.type === 'refuse') rest.push(item)
    else if (item.type === 'tick' && item.at >= last.at) last = item
  }
  const places = random.shuffled([...byVisitor].flatMap(([visitor, own]) => own.map(() => visitor)))
  const next = new Map<string, number>()
  const events = places.map(visitor => {
    const at = next.get(visitor) ?? 0
    next.set(visitor, at + 1)
    return byVisitor.get(visitor)?.[at] as LogItem
  })
  return [...rest, ...events, last]
}
