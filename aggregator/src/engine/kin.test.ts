import { Kind } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digest } from './digest.js'
import { answer, asked, DISMISSED, enter, idOf, rule, SHOWN, worldOf } from './testing/asked-rules.js'
import { type AskedWorld, DAY, type Doing, HOUR, hashOf, hex, MINUTE, SECOND } from './testing/asked-world.js'

const link = (visitor: string, customer: string): Doing => ({
  ...{ visitor, kind: Kind.link },
  detail: JSON.stringify({ person: hex(customer) }),
})

describe('a person of several visitors', () => {
  it.each([1, 4])('N56 has one budget over all of them, in %i partitions', partitions => {
    const world = worldOf([rule({})], partitions)
    for (const visitor of ['web', 'app', 'tablet']) {
      world.do(link(visitor, 'c-1'))
      world.deliver()
    }
    for (const visitor of ['web', 'app', 'tablet', 'c-1']) {
      world.do(enter(visitor))
      world.deliver()
    }
    expect(world.said.map(({ id, visitorLo }) => [id, visitorLo])).toEqual([['mood.1', hashOf('web')[1]]])
    world.do(answer('web', 'mood.1'))
    world.deliver()
    world.tick(8 * DAY)
    world.do(enter('app'))
    world.deliver()
    expect(world.said).toHaveLength(1)
    world.tick(23 * DAY)
    world.do(enter('app'))
    world.deliver()
    expect(world.said).toHaveLength(2)
  })

  it('N56 keeps what bound a visitor before it was linked', () => {
    const world = worldOf([rule({})], 4)
    world.do(enter('web'))
    world.do(link('web', 'c-1'))
    world.do(link('app', 'c-1'))
    world.deliver()
    world.tick(DAY)
    world.do(enter('app'))
    world.deliver()
    expect(world.said).toHaveLength(1)
  })

  it('N52 gets on its page what was asked of the customer elsewhere, and what was replied', () => {
    const world = worldOf([rule({ trigger: 'goal', validMs: DAY })], 4)
    world.do(link('web', 'c-1'))
    world.deliver()
    world.tick(HOUR)
    world.do({ visitor: 'c-1', kind: Kind.goal, touchpoint: 'pay' })
    const reply = { id: 'r1', touchpoint: 'pay', text: 'sorry', validMs: DAY }
    world.append(world.partitionOf('c-1'), out => out.reply({ ...reply, at: world.clock, visitor: hashOf('c-1') }))
    world.said.length = 0
    world.do(enter('web'))
    world.deliver()
    expect(world.said.map(({ kind, visitorLo }) => [kind, visitorLo])).toEqual([
      ['reply', hashOf('web')[1]],
      ['ask', hashOf('web')[1]],
    ])
    world.do(asked('web', 'r1', SHOWN))
    world.do(answer('web', idOf(world)))
    expect(world.refused).toEqual([])
    world.said.length = 0
    world.do(enter('web', 'home'))
    expect(world.said).toEqual([])
  })

  it('is forgotten with all that was told of it', () => {
    const world = worldOf([rule({})], 2)
    world.do(link('web', 'c-1'))
    world.do(enter('web'))
    const [hi, lo] = hashOf('c-1')
    world.all(out => out.erase(world.clock, [hi, lo], [1, 2]))
    for (const { state } of world.engines) {
      expect(JSON.stringify([...state.people, state.outbox.letters])).not.toContain(String(lo | 0))
    }
  })
})

interface Step {
  readonly who: number
  readonly what: number
  readonly afterMs: number
  readonly isCrash: boolean
}

const STEP: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(5),
  what: fc.nat(9),
  afterMs: fc.constantFrom(0, SECOND, 5 * SECOND, MINUTE, 20 * MINUTE, HOUR, DAY, 8 * DAY),
  isCrash: fc.boolean(),
})

const perform = (world: AskedWorld, { who, what, afterMs }: Step, hasReceipts: boolean): void => {
  world.tick(afterMs)
  const visitor = `v${who}`
  const id = world.said.filter(({ visitorLo }) => visitorLo === hashOf(visitor)[1]).at(-1)?.id ?? 'mood.1'
  if (what < 4) world.do(enter(visitor, what === 0 ? 'home' : 'pay'))
  else if (what === 4) world.do(link(visitor, `c-${who % 2}`))
  else if (what === 5) world.do(asked(visitor, id, DISMISSED))
  else if (what === 6) world.do(answer(visitor, id))
  else if (what === 7) world.do(asked(visitor, id, SHOWN))
  else if (what === 8) world.do({ visitor, kind: Kind.signal, touchpoint: 'pay', detail: 'rage' })
  else world.tick(30 * SECOND)
  world.deliver(hasReceipts)
}

describe('asking', () => {
  it('takes what another partition tells once, however often it comes', () => {
    const world = worldOf([rule({})], 2)
    world.do(link('web', 'c-1'))
    world.do(enter('web'))
    world.deliver()
    world.do(asked('web', idOf(world), DISMISSED))
    world.deliver(false)
    world.crash()
    world.deliver()
    const [hi, lo] = hashOf('c-1')
    expect(world.engines[world.partitionOf('c-1')]?.state.people.find(hi, lo)?.dismissals).toBe(1)
  })

  it('draws the lots of one moment in an order of its own', () => {
    const worlds = [false, true].map(isCrash => {
      const world = worldOf([rule({ trigger: 'dwell', dwellMs: 20 * SECOND })])
      world.policy([{ touchpoint: 'pay', chanceClass: 1, isWorse: false }])
      for (let i = 0; i < 60; i++) world.do(enter(`v${(i * 37) % 60}`))
      if (isCrash) world.crash()
      world.tick(23 * SECOND)
      return world
    })
    const [calm, crashed] = worlds.map(({ said }) => said)
    expect(calm?.length).toBeGreaterThan(10)
    expect(crashed).toEqual(calm)
  })

  it('is the same whether engines crash or not, and asks nobody above the budget', () => {
    const rules = [rule({ trigger: 'dwell', dwellMs: 20 * SECOND }), rule({ id: 'why', trigger: 'signal' })]
    const steps = fc.array(STEP, { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(steps, fc.constantFrom(1, 3), (all, partitions) => {
        const [calm, crashing] = [worldOf(rules, partitions), worldOf(rules, partitions)]
        for (const world of [calm, crashing]) world.policy([{ touchpoint: 'pay', chanceClass: 1, isWorse: true }])
        for (const step of all) {
          perform(calm, step, true)
          perform(crashing, step, !step.isCrash)
          if (step.isCrash) crashing.crash()
          crashing.deliver()
        }
        expect(crashing.said).toEqual(calm.said)
        expect(digest(crashing.engines)).toBe(digest(calm.engines))
        const put = new Map<string, { readonly at: number; readonly lo: number }>()
        for (const { kind, id, at, visitorLo } of calm.said) {
          const key = `${visitorLo} ${id}`
          if (kind === 'ask' && !put.has(key)) put.set(key, { at, lo: visitorLo })
        }
        for (const who of [0, 1, 2, 3, 4, 5]) {
          const times = [...put.values()].filter(({ lo }) => lo === hashOf(`v${who}`)[1]).map(({ at }) => at)
          for (const [i, at] of times.slice(1).entries())
            expect(at - (times[i] as number)).toBeGreaterThanOrEqual(7 * DAY)
        }
      }),
      { numRuns: 60 },
    )
  })
})
