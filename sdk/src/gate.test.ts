import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { BOUNDS } from './bounds.js'
import { pack } from './pack.js'
import { createClient } from './pulse.js'
import { ModelServer } from './testing/model-server.js'
import { accounted, setUp, storedOf } from './testing/set-up.js'
import { World } from './testing/world.js'

describe('a page never breaks', () => {
  test('never throws: bad arguments and listeners that throw', () => {
    const { world, pulse, errors } = setUp()
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    pulse.on('error', () => {
      throw Error('mine')
    })
    const wild = pulse as unknown as Record<string, (...args: unknown[]) => unknown>
    for (const args of [[], [null], [{}], ['A B'], ['a', 'b c', 5], ['a', { cuts: 5, score: NaN }]]) {
      for (const name of ['enter', 'goal', 'feedback', 'signal', 'link', 'asked', 'send', 'consent'])
        wild[name]?.(...args)
    }
    expect(errors.length).toBeGreaterThan(20)
    world.pass(1_000)
    expect(shown).toHaveBeenCalledTimes(errors.length)
    shown.mockRestore()
  })

  test('without any check nothing throws either: what is wrong breaks its frame and comes back as refused', () => {
    const garbage = fc.oneof(
      fc.constantFrom(null, 'a', 'A B', '', 'enter', 'link', 'emotion', 'constructor', '__proto__'),
      fc.anything({ withDate: true, withMap: true, maxDepth: 1 }),
    )
    const names = [
      'kind',
      'touchpoint',
      'visitor',
      'channel',
      'cuts',
      'scale',
      'score',
      'ask',
      'name',
      'result',
      'code',
    ]
    const event = fc.dictionary(fc.constantFrom(...names), garbage)
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), events => {
        const server = new ModelServer()
        const world = new World(1, server)
        server.world = world
        const pulse = createClient(
          { url: 'ws://x', key: 'pk' },
          world.environment,
          () => {},
          pack,
          BOUNDS,
          () => ({}),
        )
        const sent = events.map(wild => pulse.send(wild as never)).filter(answer => answer === 'queued').length
        pulse.enter('good')
        world.pass(600_000)
        expect(pulse.stats().queued).toBe(0)
        expect(accounted(pulse.stats())).toBe(sent + 1)
        expect(storedOf(server)).toBeGreaterThan(0)
      }),
    )
  })
})

describe('consent', () => {
  test('pending: nothing is sent, a hundred events wait with their times; granted: they go', () => {
    const { server, world, pulse } = setUp(1, { consent: 'pending' })
    const at = world.now
    for (let n = 0; n < 101; n++) pulse.enter('a')
    world.pass(10_000)
    expect(server.hellos).toEqual([])
    expect(pulse.stats()).toMatchObject({ queued: 100, lost: { overflow: 1 } })
    pulse.consent('granted')
    world.pass(1_000)
    expect(server.batches[0]?.[4][0]?.[3]).toBe(at)
    expect(pulse.stats()).toMatchObject({ acked: 100, queued: 0 })
  })

  test('denied: what waited is gone, nothing more is taken; granted later: another stream', () => {
    const { server, world, pulse } = setUp(1, { consent: 'pending' })
    pulse.enter('a')
    pulse.consent('denied')
    pulse.enter('a')
    world.pass(10_000)
    expect(server.hellos).toEqual([])
    expect(pulse.stats()).toMatchObject({ queued: 0, lost: { consent: 2 } })
    pulse.consent('granted')
    pulse.enter('a')
    world.pass(1_000)
    expect(server.hellos[0]?.[5]).not.toBe('id-0')
    expect(pulse.stats().acked).toBe(1)
  })
})
