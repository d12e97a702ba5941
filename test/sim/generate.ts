import type { LogItem } from '../recount/index.js'
import { deliver } from './delivery.js'
import { makeJourneys } from './journeys.js'
import { Random } from './random.js'
import { randomWorld, type World } from './world.js'

export interface Run {
  readonly seed: number
  readonly world: World
  /** Of the engine's hashes. */
  readonly key: readonly [number, number]
  readonly items: readonly LogItem[]
}

/** Everything of a run but the crashes, from one integer. */
export const generateRun = (seed: number): Run => {
  const random = new Random(seed)
  const world = randomWorld(random.fork())
  const journeys = makeJourneys(random.fork(), world)
  const key: [number, number] = world.dataClock ? [0, 0] : [random.int(0, 2 ** 32 - 1), random.int(0, 2 ** 32 - 1)]
  return { seed, world, key, items: deliver(random.fork(), world, journeys) }
}
