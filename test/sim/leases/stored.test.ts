import { describe, expect, test } from 'vitest'
import { describe as described } from '../../../aggregator/src/cluster/index.js'
import { LEASE_MS, MARGIN_MS } from '../../../aggregator/src/cluster/limits.js'
import { NAMES, never, Scene } from './scene.js'

describe('an answer that comes late', () => {
  test.each([
    ['taking', 0],
    ['renewal', 1],
  ])('to a %s makes nobody believe in it for longer than since it was asked', async (_, index) => {
    const scene = new Scene()
    const askedMs: number[] = []
    await scene.open('a', ['alerts'], store => ({
      put: async (key, value, revision) => {
        if (key.startsWith('member/')) return store.put(key, value, revision)
        const count = askedMs.push(scene.world.nowMs) - 1
        if (count > index) await never()
        const stored = await store.put(key, value, revision)
        if (count === index) await new Promise<void>(resolve => scene.world.at(scene.world.nowMs + 1_400, resolve))
        return stored
      },
    }))
    await scene.pass(500)
    const endMs = (askedMs[index] as number) + LEASE_MS - MARGIN_MS
    await scene.pass(endMs - 2 - scene.world.nowMs)
    expect(scene.tenures.map(({ isHeld }) => isHeld)).toEqual([true])
    await scene.pass(4)
    expect(scene.tenures.map(({ isHeld, signal }) => [isHeld, signal.aborted])).toEqual([[false, true]])
  })
})

describe('where no server answers', () => {
  test('nothing is taken by what was seen before', async () => {
    const scene = new Scene()
    const { actor } = await scene.open('a')
    const { tenancy } = await scene.open('b')
    await scene.pass(2_000)
    expect(tenancy.held).toHaveLength(1)
    actor.die()
    scene.middle.weather = { ...scene.middle.weather, isDown: true }
    // Its own is lost, and what the other one had would be free.
    await scene.pass(10_000)
    expect(tenancy.held).toEqual([])
    expect(tenancy.figures.failedTakes).toBeLessThanOrEqual(1)
    expect(tenancy.figures.failedLooks).toBeGreaterThan(0)
    expect(scene.logged.filter(line => line.includes('can’t be looked at'))).toHaveLength(1)
    scene.middle.weather = { ...scene.middle.weather, isDown: false }
    await scene.pass(10_000)
    expect(tenancy.held).toHaveLength(2)
  })
})

describe('what stands in the Store', () => {
  test('a lease that is damaged is nobody’s, is logged once, and holds up no other', async () => {
    const scene = new Scene()
    await scene.ask(scene.middle.storeOf(scene.world.actor(1, 0)).put('lease/partition/0', Buffer.from('?'), null))
    const { store } = await scene.open('a')
    await scene.pass(5_000)
    expect(scene.heard()).toEqual(['a takes partition/1 1'])
    expect(scene.logged.filter(line => line.includes('is damaged'))).toHaveLength(1)
    const { leases } = await scene.ask(described(store, 'worker'))
    expect(leases[0]).toEqual({ name: 'partition/0', owner: null, epoch: null, untilMs: null })
  })

  test('a lease that is taken away from under its holder is lost before anybody takes it', async () => {
    const scene = new Scene()
    const { actor } = await scene.open('a', ['alerts'])
    await scene.open('b', ['alerts'])
    scene.heard()
    await scene.ask(scene.middle.storeOf(actor).delete('lease/alerts'))
    await scene.pass(2_000)
    expect(scene.heard()).toEqual(['a leaves alerts 1: lost', 'a left alerts'])
    await scene.pass(3_000)
    expect(scene.lease('alerts').epoch).toBe(2)
  })

  test('who holds what can be told', async () => {
    const scene = new Scene()
    const { store, tenancy } = await scene.open('a')
    const { actor } = await scene.open('b')
    await scene.pass(1_000)
    const view = await scene.ask(described(store, 'worker'))
    expect(view.leases.map(({ name }) => name)).toEqual(NAMES)
    expect(view.members.map(({ owner, holds }) => `${owner} ${holds.length}`)).toEqual(['a 1', 'b 1'])
    for (const { untilMs } of [...view.leases, ...view.members]) expect(untilMs).toBeGreaterThan(actor.now())
    expect(await scene.ask(described(store, 'alerts'))).toEqual({ leases: [], members: [] })
    expect(tenancy.figures).toMatchObject({ members: 2, taken: 2, takenOver: 0, lost: 0, refused: 0 })
    expect(tenancy.figures).toMatchObject({ failedTakes: 0, failedLooks: 0 })
    expect([...tenancy.figures.epochs.keys()]).toEqual(tenancy.held.map(({ name }) => name))
  })

  test('the record of a member that is long gone is removed', async () => {
    const scene = new Scene()
    await scene.open('a')
    const { actor } = await scene.open('b')
    actor.die()
    await scene.pass(55_000)
    expect(scene.middle.get('member/worker/b')).not.toBeNull()
    await scene.pass(10_000)
    expect(scene.middle.get('member/worker/b')).toBeNull()
    expect(scene.middle.get('member/worker/a')).not.toBeNull()
  })

  test('the record of a member that has left is gone at once, and a renewal on its way does not bring it back', async () => {
    const scene = new Scene()
    let way = Promise.resolve()
    let send = (): void => undefined
    const { tenancy } = await scene.open('a', NAMES, store => ({
      put: async (key, value, revision) => {
        if (key.startsWith('member/')) await way
        return store.put(key, value, revision)
      },
    }))
    way = new Promise(resolve => {
      send = resolve
    })
    await scene.pass(1_500)
    const drained = tenancy.drain()
    await scene.pass(500)
    send()
    await scene.pass(500)
    await drained
    expect(scene.middle.get('member/worker/a')).toBeNull()
  })
})
