import { ASK_FORMS, ASK_RESULTS, Kind, type Pulse, SCALES, type Window } from '@pulssi/protocol/client'
import { describe, expect, it } from 'vitest'
import type { AskRule } from './config.js'
import { readSayingId } from './saying.js'
import { AskedWorld, DAY, HOUR, hashOf, MINUTE, SECOND } from './testing/asked-world.js'
import { View } from './view.js'

const CSAT = SCALES.indexOf('csat')
const [SHOWN, DISMISSED] = [ASK_RESULTS.indexOf('shown'), ASK_RESULTS.indexOf('dismissed')]
const MOOD: AskRule = {
  ...{ id: 'mood', touchpoints: ['t*'], form: CSAT, options: 0, reason: false, trigger: 'sample', dwellMs: 0 },
  ...{ signals: [], validMs: 10 * MINUTE },
}
const WHY: AskRule = {
  ...{ id: 'why', touchpoints: ['t*'], form: ASK_FORMS.indexOf('choice'), options: 3, reason: true, trigger: 'signal' },
  ...{ dwellMs: 0, signals: [], validMs: 10 * MINUTE },
}

/** A world of two partitions and what a board shows of it. */
class Asked {
  readonly world: AskedWorld
  readonly view = new View(2)
  #visitors = 0

  constructor(rules: AskRule[], classes: Record<string, number>) {
    this.world = new AskedWorld({ asks: rules }, 2)
    const chances = Object.entries(classes).map(([touchpoint, chanceClass]) => ({
      ...{ touchpoint, chanceClass, isWorse: false },
    }))
    this.world.policy(chances, 40 * DAY)
  }

  /** The visitor, and the id of what it is asked; null: it isn't. */
  enter(touchpoint: string): [visitor: string, ask: string | null] {
    const visitor = `v${this.#visitors++}`
    const before = this.world.said.length
    this.world.do({ visitor, kind: Kind.enter, touchpoint })
    const [streamHi] = hashOf(`s.${visitor}`)
    const said = this.world.said.slice(before).find(one => one.streamHi === streamHi >>> 0 || one.streamHi === streamHi)
    return [visitor, said?.id ?? null]
  }

  result(visitor: string, touchpoint: string, ask: string, result: number): void {
    this.world.do({ visitor, kind: Kind.ask, touchpoint, a: result, detail: JSON.stringify({ ask }) })
  }

  answer(visitor: string, touchpoint: string, level: number, ask?: string): void {
    const detail = ask === undefined ? '' : JSON.stringify({ ask })
    this.world.do({ visitor, kind: Kind.feedback, touchpoint, a: CSAT, b: level, detail })
  }

  pulse(touchpoint: string, window: Window = '1h', isWhole = false): Pulse {
    this.world.engines.forEach((engine, partition) => {
      const partial = engine.partial(isWhole)
      if (partial !== null) this.view.absorb(partition, partial, this.world.clock)
    })
    return this.view.pulse(touchpoint, window, this.world.clock)
  }
}

describe('N63 the asks of a pulse', () => {
  it('are what became of those that were put, and those that were not', () => {
    const asked = new Asked([MOOD], { t1: 0, t2: 7 })
    const visitors = Array.from({ length: 8 }, () => asked.enter('t1'))
    const ask = (i: number): [string, string] => visitors[i] as [string, string]
    for (const i of [0, 1, 2, 3]) asked.result(ask(i)[0], 't1', ask(i)[1], SHOWN)
    asked.answer(ask(0)[0], 't1', 4, ask(0)[1])
    asked.answer(ask(1)[0], 't1', 0, ask(1)[1])
    asked.answer(ask(4)[0], 't1', 2, ask(4)[1])
    asked.result(ask(2)[0], 't1', ask(2)[1], DISMISSED)
    asked.world.tick(11 * MINUTE)
    for (let i = 0; i < 20; i++) asked.enter('t1')
    expect(asked.pulse('t1').asks).toEqual({ shown: 5, dismissed: 1, answered: 3, expired: 4, rate: 0.6, saved: 0 })
    expect(asked.pulse('t1').sentiment).toMatchObject({ n: 3, concentration: 0.333333 })
    expect(asked.pulse('~journey').asks).toEqual(asked.pulse('t1').asks)
    const seldom = Array.from({ length: 40 }, () => asked.enter('t2')).filter(([, id]) => id !== null).length
    expect(asked.pulse('t2').asks).toMatchObject({ shown: 0, answered: 0, rate: null, saved: 40 - seldom })
    expect(seldom).toBeLessThan(20)
  })

  it('have a rate of 1 at most, though what is answered now was shown before', () => {
    const asked = new Asked([MOOD], { t1: 0 })
    const visitors = [0, 1, 2].map(() => asked.enter('t1') as [string, string])
    for (const [visitor, ask] of visitors) asked.result(visitor, 't1', ask, SHOWN)
    asked.world.tick(6 * MINUTE)
    const [late, lateAsk] = asked.enter('t1') as [string, string]
    for (const [visitor, ask] of [...visitors, [late, lateAsk] as const]) asked.answer(visitor, 't1', 4, ask)
    expect(asked.pulse('t1', '5m').asks).toMatchObject({ shown: 1, answered: 4, rate: 1 })
  })
})

describe('N61 the corrected score of a pulse', () => {
  it('weighs answers by the chance of their asks, beside those that nobody asked for', () => {
    const asked = new Asked([MOOD], { t1: 0 })
    const ask = (count: number, level: number): void => {
      for (let left = count; left > 0; ) {
        const [visitor, id] = asked.enter('t1')
        if (id === null) continue
        asked.answer(visitor, 't1', level, id)
        left--
      }
    }
    ask(12, 4)
    asked.world.policy([{ touchpoint: 't1', chanceClass: 2, isWorse: false }], DAY)
    ask(6, 0)
    for (let i = 0; i < 30; i++) asked.answer(`u${i}`, 't1', 0)
    const { sentiment } = asked.pulse('t1')
    expect(sentiment).toMatchObject({ n: 48, score: -0.5 })
    // Twelve that stand for themselves, and six that stand for four each.
    expect(sentiment.corrected).toMatchObject({ score: -0.333333, estimator: 'asked' })
    expect(asked.pulse('~journey').sentiment.corrected).toEqual(sentiment.corrected)
    expect(asked.pulse('t1', '1h', true).sentiment).toEqual(sentiment)
    expect(asked.view.readings('t1', '1h').sentiment.value).toBe(-0.5)
  })

  it('N62 counts the silent where response rates tell of them, from the next minute on', () => {
    const asked = new Asked([MOOD, WHY], Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`t${i}`, 0])))
    for (let t = 0; t < 8; t++) {
      // At each touchpoint other moods; of the glad every one answers, of the indifferent one in four.
      for (let i = 0; i < 160; i++) {
        const [visitor, id] = asked.enter(`t${t}`) as [string, string]
        asked.result(visitor, `t${t}`, id, SHOWN)
        const isGlad = i < 20 * t + 10
        if (isGlad || i % 4 === 0) asked.answer(visitor, `t${t}`, isGlad ? 4 : 2, id)
      }
    }
    const before = asked.pulse('t2').sentiment
    const version = asked.view.version('t2', '1h')
    asked.world.tick(MINUTE)
    const { corrected, score } = asked.pulse('t2').sentiment
    expect(before.corrected.estimator).toBe('silence')
    expect(corrected).toEqual(before.corrected)
    expect(asked.view.version('t2', '1h')).toBeGreaterThanOrEqual(version)
    const truth = 50 / 160
    expect(Math.abs((corrected.score as number) - truth)).toBeLessThan(0.05)
    expect(score as number).toBeGreaterThan(truth + 0.2)
    // Where other asks are answered too, response rates are those of both: such touchpoints tell nothing.
    for (const [t, i] of [0, 1, 2].flatMap(t => Array.from({ length: 12 }, (_, i) => [t, i] as const))) {
      const [visitor, touchpoint] = [`w${t}.${i}`, `t${t}`]
      asked.world.do({ visitor, kind: Kind.signal, touchpoint, detail: 'rage' })
      const detail = JSON.stringify({ ask: asked.world.said.at(-1)?.id, option: 1 })
      asked.world.do({ visitor, kind: Kind.answer, touchpoint, detail })
    }
    asked.world.tick(MINUTE)
    expect(asked.pulse('t2').sentiment.corrected.estimator).toBe('asked')
  })
})

describe('N60 the concentration of a pulse', () => {
  it('is that of the voice that answered most, whichever partitions its visitors fall into', () => {
    const asked = new Asked([], {})
    const { world } = asked
    for (let i = 0; i < 60; i++) {
      const [visitorHi, visitorLo] = hashOf(`c${i}`)
      const ids = { visitorHi, visitorLo, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
      const backer = i < 45 ? { backerHi: 5, backerLo: 6 } : {}
      world.append(i % 2, out => {
        out.begin({
          ...ids,
          ...backer,
          receivedAt: world.clock,
          base: world.clock,
          dataClock: false,
          page: false,
          bot: false,
        })
        out.event(Kind.feedback, out.place('t1', null, []), world.clock, CSAT, i < 45 ? 0 : 4)
        out.end()
      })
      if (i % 10 === 0) asked.pulse('t1')
    }
    const { sentiment } = asked.pulse('t1')
    expect(sentiment).toMatchObject({ n: 60, score: -0.5, concentration: 0.75 })
    // Sixteen voices: one that is furious, fifteen that are glad.
    expect(sentiment.corrected).toMatchObject({ score: 0.875, estimator: 'voices' })
    expect(asked.pulse('t1', '1h', true).sentiment).toEqual(sentiment)
    expect(asked.pulse('~journey').sentiment.concentration).toBe(0.75)
    world.tick(2 * HOUR)
    expect(asked.pulse('t1').sentiment.concentration).toBeNull()
    expect(asked.pulse('t1', 'total').sentiment.concentration).toBe(0.75)
  })

  it('outlives an image, and an erasure, which takes the hash out everywhere', () => {
    const asked = new Asked([], {})
    for (const level of [0, 0, 1]) asked.answer('v-gone', 't1', level)
    asked.answer('v-stays', 't1', 4)
    const before = asked.pulse('t1').sentiment
    asked.world.crash()
    expect(asked.pulse('t1', '1h', true).sentiment).toEqual(before)
    const [hi, lo] = hashOf('v-gone')
    const held = (): boolean => asked.world.engines.some(({ state }) => state.answers.some(one => one.has(hi, lo)))
    expect(held()).toBe(true)
    asked.world.append(asked.world.partitionOf('v-gone'), out =>
      out.erase(asked.world.clock, [hi >>> 0, lo >>> 0], [12_345, 67_890]),
    )
    expect(held()).toBe(false)
    for (const isWhole of [false, true]) expect(asked.pulse('t1', '1h', isWhole).sentiment).toMatchObject(before)
  })
})

describe('why they left', () => {
  it('is told by the reasons that visitors stated too', () => {
    const asked = new Asked([WHY], {})
    const { world } = asked
    for (const [i, option] of [2, 0, 2].entries()) {
      const visitor = `v${i}`
      world.do({ visitor, kind: Kind.enter, touchpoint: 't1' })
      world.do({ visitor, kind: Kind.signal, touchpoint: 't1', detail: 'rage' })
      const ask = world.said.at(-1)?.id ?? ''
      expect(readSayingId(ask)?.rule).toBe('why')
      world.do({ visitor, kind: Kind.answer, touchpoint: 't1', detail: JSON.stringify({ ask, option }) })
    }
    world.tick(40 * MINUTE + SECOND)
    asked.pulse('t1')
    const steps = asked.view.detail('t1', 'total')
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done !== true) continue
      expect(step.value.left).toEqual([{ signal: 'rage', n: 3 }])
      expect(step.value.reasons).toEqual([
        { reason: 'why.2', n: 2 },
        { reason: 'why.0', n: 1 },
      ])
      break
    }
  })
})
