import { describe, expect, test } from 'vitest'
import { never, Scene } from './scene.js'

describe('taking', () => {
  test('one that hangs holds up no other, and one that rejects gives its lease back and leaves it alone', async () => {
    const scene = new Scene()
    scene.onTake = async ({ name }) => {
      if (name === 'partition/0') await never()
      if (name === 'partition/1') throw new Error('no image fits')
    }
    await scene.open('a', ['partition/0', 'partition/1', 'partition/2'])
    expect(scene.heard()).toEqual(['a takes partition/0 1', 'a takes partition/1 1', 'a takes partition/2 1'])
    expect(scene.lease('partition/1')).toMatchObject({ owner: null, epoch: 1 })
    expect(scene.logged.join('')).toContain('no image fits')
    await scene.pass(3_900)
    expect(scene.heard()).toEqual([])
    await scene.pass(1_000)
    expect(scene.heard()).toEqual(['a takes partition/1 2'])
    // What hangs is held all the same: nobody else may begin it.
    expect(scene.lease('partition/0')).toMatchObject({ owner: 'a', epoch: 1 })
    expect(scene.tenures[0]?.isHeld).toBe(true)
  })

  test('another member takes what one could not serve', async () => {
    const scene = new Scene()
    const { tenancy } = await scene.open('a', ['alerts'])
    scene.onTake = async ({ owner }) => {
      if (owner === 'b') throw new Error('no room')
    }
    await scene.open('b', ['alerts'])
    await scene.open('c', ['alerts'])
    scene.heard()
    void tenancy.drain()
    await scene.pass(2_500)
    expect(
      scene
        .heard()
        .filter(line => line.includes('takes'))
        .at(-1),
    ).toMatch(/^c takes alerts/)
    expect(scene.lease('alerts').owner).toBe('c')
  })

  test('that is called off before it is served is not left, and given back once it has settled', async () => {
    const scene = new Scene()
    scene.onTake = (tenure, actor) =>
      new Promise((_, reject) => {
        tenure.signal.addEventListener('abort', () => actor.after(500, () => reject(new Error('called off'))))
      })
    const { tenancy } = await scene.open('a')
    const drained = tenancy.drain()
    await scene.pass(400)
    expect(scene.tenures.map(({ signal }) => signal.aborted)).toEqual([true, true])
    expect(scene.lease('partition/0').owner).toBe('a')
    await scene.pass(200)
    await drained
    expect(scene.lease('partition/0').owner).toBe(null)
    expect(scene.heard()).toEqual(['a takes partition/0 1', 'a takes partition/1 1'])
  })
})

describe('leaving', () => {
  test('is over before the lease is given back, and what is served meanwhile is held', async () => {
    const scene = new Scene()
    const { tenancy } = await scene.open('a')
    scene.onLeave = (_, actor) => new Promise(resolve => void actor.after(2_800, resolve))
    scene.heard()
    void tenancy.drain()
    await scene.pass(2_700)
    expect(scene.heard()).toEqual(['a leaves partition/0 1: drained', 'a leaves partition/1 1: drained'])
    expect(scene.tenures.map(({ isHeld }) => isHeld)).toEqual([true, true])
    expect(scene.lease('partition/0').owner).toBe('a')
    await scene.pass(200)
    expect(scene.heard()).toEqual(['a left partition/0', 'a left partition/1'])
    expect(scene.lease('partition/0')).toMatchObject({ owner: null, epoch: 1 })
    expect(scene.tenures.map(({ signal }) => signal.aborted)).toEqual([true, true])
  })

  test('that takes longer than a lease lets it run out, and others take it', async () => {
    const scene = new Scene()
    const { tenancy } = await scene.open('a')
    scene.onLeave = ({ owner }) => (owner === 'a' ? never() : Promise.resolve())
    const drained = tenancy.drain()
    await scene.open('b')
    await scene.pass(4_600)
    expect(scene.tenures.slice(0, 2).map(({ isHeld }) => isHeld)).toEqual([false, false])
    await drained
    await scene.pass(1_500)
    expect(scene.lease('partition/0')).toMatchObject({ owner: 'b', epoch: 2 })
    expect(tenancy.held).toEqual([])
  })

  test('that fails is logged, and the lease given back', async () => {
    const scene = new Scene()
    const { tenancy } = await scene.open('a')
    scene.onLeave = () => Promise.reject(new Error('not tidy'))
    void tenancy.drain()
    await scene.pass(200)
    expect(scene.lease('partition/0').owner).toBe(null)
    expect(scene.logged.join('')).toContain('not tidy')
  })

  test('by close alone is a loss, and gives nothing back', async () => {
    const scene = new Scene()
    const { tenancy } = await scene.open('a')
    scene.heard()
    await tenancy.close()
    expect(scene.tenures.map(({ signal }) => signal.aborted)).toEqual([true, true])
    expect(scene.heard()).toEqual([
      ...['a leaves partition/0 1: lost', 'a leaves partition/1 1: lost'],
      ...['a left partition/0', 'a left partition/1'],
    ])
    await scene.pass(5_000)
    expect(scene.lease('partition/0')).toMatchObject({ owner: 'a', epoch: 1 })
    expect(scene.heard()).toEqual([])
  })
})
