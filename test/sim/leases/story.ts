import { Random } from '../random.js'
import { Cluster, type Manners, QUICK } from './cluster.js'
import { CALM, type Weather } from './store.js'
import { World } from './world.js'

export type Fault =
  | { readonly is: 'join'; readonly atMs: number }
  | { readonly is: 'kill' | 'drain'; readonly atMs: number; readonly who: number }
  | { readonly is: 'stop' | 'cut'; readonly atMs: number; readonly who: number; readonly forMs: number }
  | { readonly is: 'outage'; readonly atMs: number; readonly forMs: number }

/** Everything that decides a run. */
export interface Story {
  readonly seed: number
  readonly names: number
  readonly members: number
  readonly weather: Weather
  readonly manners: Manners
  readonly faults: readonly Fault[]
}

const STORM_MS = 30_000
/** For what still happens late of the storm, and for the balance. */
const SETTLING_MS = 30_000
const STILL_MS = 10_000

const commit = (cluster: Cluster, world: World, fault: Fault, weather: Weather): void => {
  if (fault.is === 'join')
    return void cluster.join(0.98 + world.random.next() * 0.04, world.random.int(-60_000, 60_000))
  if (fault.is === 'outage') {
    cluster.middle.weather = { ...weather, isDown: true }
    return world.at(Math.min(world.nowMs + fault.forMs, STORM_MS - 1), () => {
      cluster.middle.weather = weather
    })
  }
  const { living } = cluster
  const member = living[fault.who % Math.max(1, living.length)]
  if (member === undefined) return
  const { actor, tenancy } = member
  switch (fault.is) {
    case 'kill':
      return actor.die()
    case 'drain':
      if (tenancy === null) return actor.die()
      member.isLeaving = true
      return void tenancy.drain().finally(() => tenancy.close().finally(() => actor.die()))
    case 'stop':
      return actor.standStill(fault.forMs)
    case 'cut':
      cluster.middle.cut.add(actor)
      return world.at(Math.min(world.nowMs + fault.forMs, STORM_MS - 1), () => void cluster.middle.cut.delete(actor))
  }
}

/** After everything has calmed down: all is held, by nobody too much, and nothing moves. */
const checkSettled = (cluster: Cluster): void => {
  const share = Math.ceil(cluster.names.length / cluster.living.length)
  for (const name of cluster.names) {
    if (cluster.holdersOf(name).length !== 1) throw new Error(`${name} is held by nobody`)
  }
  for (const { owner, tenancy } of cluster.living) {
    if (tenancy?.members !== cluster.living.length) throw new Error(`${owner} counts ${tenancy?.members} members`)
    if (tenancy.held.length > share) throw new Error(`${owner} holds ${tenancy.held.length}, more than ${share}`)
  }
}

/** Throws what went wrong. */
export const play = async (story: Story): Promise<void> => {
  const world = new World(new Random(story.seed))
  const cluster = new Cluster(
    world,
    Array.from({ length: story.names }, (_, i) => `partition/${i}`),
  )
  const check = (): void => cluster.check()
  cluster.middle.weather = story.weather
  cluster.manners = story.manners
  for (let i = 0; i < story.members; i++) commit(cluster, world, { is: 'join', atMs: 0 }, story.weather)
  for (const fault of story.faults) world.at(fault.atMs, () => commit(cluster, world, fault, story.weather))
  await world.run(STORM_MS, check)

  world.at(STORM_MS, () => {
    cluster.middle.weather = CALM
    cluster.manners = QUICK
    if (cluster.living.length === 0) cluster.join()
  })
  await world.run(STORM_MS + SETTLING_MS, check)
  checkSettled(cluster)
  const { changes } = cluster
  await world.run(STORM_MS + SETTLING_MS + STILL_MS, check)
  checkSettled(cluster)
  if (cluster.changes !== changes) throw new Error(`${cluster.changes - changes} changes where nothing happened`)
}
