import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../random.js'
import { Cluster, type Member } from './cluster.js'
import { CALM } from './store.js'
import { World } from './world.js'

const SETTLED_MS = 15_000

interface Settled {
  readonly world: World
  readonly cluster: Cluster
  /** Runs on for so long, and checks all the while that nobody shares. */
  readonly pass: (ms: number) => Promise<void>
}

const settled = async (seed: number, names: number, members: number, wayMs = CALM.wayMs): Promise<Settled> => {
  const world = new World(new Random(seed))
  const cluster = new Cluster(
    world,
    Array.from({ length: names }, (_, i) => `partition/${i}`),
  )
  cluster.middle.weather = { ...CALM, wayMs }
  for (let i = 0; i < members; i++) cluster.join(0.98 + world.random.next() * 0.04, world.random.int(-60_000, 60_000))
  const pass = (ms: number): Promise<void> => world.run(world.nowMs + ms, () => cluster.check())
  await pass(SETTLED_MS + world.random.int(0, 1_000))
  return { world, cluster, pass }
}

const free = (cluster: Cluster): string[] => cluster.names.filter(name => cluster.holdersOf(name).length === 0)
const heldBy = ({ tenancy }: Member): string[] => (tenancy?.held ?? []).map(({ name }) => name)
const holders = (cluster: Cluster): string[] =>
  cluster.members.flatMap(member => heldBy(member).map(name => `${name} ${member.owner}`)).sort()
const lost = (cluster: Cluster): number =>
  cluster.members.reduce((sum, { tenancy }) => sum + (tenancy?.figures.lost ?? 0), 0)

const sizes = [fc.integer(), fc.integer({ min: 1, max: 16 }), fc.integer({ min: 2, max: 5 })] as const

describe('leases in calm weather', () => {
  test('of a killed member are held by others within 5 s', async () => {
    const property = fc.asyncProperty(...sizes, async (seed, names, members) => {
      const { cluster, pass } = await settled(seed, names, members)
      cluster.members[0]?.actor.die()
      await pass(5_000)
      expect(free(cluster)).toEqual([])
    })
    await fc.assert(property, { numRuns: 20 })
  })

  test('of a drained member are held by others within 1 s', async () => {
    const property = fc.asyncProperty(...sizes, async (seed, names, members) => {
      const { cluster, pass } = await settled(seed, names, members)
      void cluster.members[0]?.tenancy?.drain()
      await pass(1_000)
      expect(heldBy(cluster.members[0] as Member)).toEqual([])
      expect(free(cluster)).toEqual([])
    })
    await fc.assert(property, { numRuns: 20 })
  })

  test('move only where somebody holds more than a share', async () => {
    const property = fc.asyncProperty(...sizes, async (seed, names, members) => {
      const { cluster, pass } = await settled(seed, names, members)
      const before = holders(cluster)
      const { changes } = cluster
      await pass(30_000)
      expect(cluster.changes).toBe(changes)
      cluster.join()
      await pass(5_000)
      const share = Math.ceil(names / (members + 1))
      for (const member of cluster.members) expect(heldBy(member).length).toBeLessThanOrEqual(share)
      expect(free(cluster)).toEqual([])
      const moved = before.filter(held => !holders(cluster).includes(held)).length
      const excess = cluster.members.map(({ owner }) => before.filter(held => held.endsWith(owner)).length - share)
      expect(moved).toBe(excess.reduce((sum, one) => sum + Math.max(0, one), 0))
    })
    await fc.assert(property, { numRuns: 20 })
  })

  test('are not lost where each answer takes 400 ms', async () => {
    const { cluster, pass } = await settled(1, 100, 2, 400)
    await pass(30_000)
    expect(lost(cluster)).toBe(0)
    expect(free(cluster)).toEqual([])
  })
})

describe('a member that stood still', () => {
  test('finds its tenures over before a timer has run, leaves them as lost, and takes part anew', async () => {
    const { cluster, pass } = await settled(2, 8, 2)
    const [paused] = cluster.members as [Member, Member]
    const tenures = [...(paused.tenancy?.held ?? [])]
    expect(tenures).toHaveLength(4)
    paused.actor.standStill(4_000)
    await pass(3_999)
    // Nothing of it has run since.
    expect(tenures.map(({ signal }) => signal.aborted)).toEqual([false, false, false, false])
    expect(tenures.map(({ isHeld }) => isHeld)).toEqual([false, false, false, false])
    await pass(10)
    expect(tenures.map(({ signal }) => signal.aborted)).toEqual([true, true, true, true])
    await pass(10_000)
    expect(cluster.members.map(heldBy).map(({ length }) => length)).toEqual([4, 4])
    expect(paused.tenancy?.figures).toMatchObject({ lost: 4, members: 2 })
  })
})

describe('where no server answered for a while', () => {
  test('leases go back to who had them', async () => {
    const { cluster, pass } = await settled(3, 16, 3)
    const before = holders(cluster)
    cluster.middle.weather = { ...CALM, isDown: true }
    await pass(8_000)
    expect(free(cluster)).toHaveLength(16)
    cluster.middle.weather = CALM
    // The longest wait for an answer that was lost.
    await pass(10_000)
    expect(holders(cluster)).toEqual(before)
  })
})
