import { ASK_FORMS, Kind, Refusal } from '@pulssi/protocol/client'
import { describe, expect, it } from 'vitest'
import { ASK_CELLS, AskCell, Cell, CHANCE_CLASSES, NUDGE_CELLS, NudgeCell, SCORE_VALUES } from './limits.js'
import { ALWAYS, answer, asked, DISMISSED, enter, idOf, rule, SHOWN, WANTED, worldOf } from './testing/asked-rules.js'
import { AskedWorld, DAY, HOUR, hashOf, MINUTE, SECOND } from './testing/asked-world.js'

const counts = (world: AskedWorld): Record<keyof typeof AskCell, number> => {
  const cells = world.cells('pay', Cell.asks, ASK_CELLS)
  const of = (name: keyof typeof AskCell): number => cells[AskCell[name]] ?? 0
  return {
    ...{ sent: of('sent'), shown: of('shown'), dismissed: of('dismissed') },
    ...{ answered: of('answered'), expired: of('expired'), saved: of('saved') },
  }
}
const none = { sent: 0, shown: 0, dismissed: 0, answered: 0, expired: 0, saved: 0 }

describe('an ask', () => {
  it('N50 is put at its trigger, to the stream that came, and counted as answered in the class of its chance', () => {
    const world = worldOf([rule({})])
    world.do(enter('v1'))
    const [streamHi, streamLo] = hashOf('s.v1')
    expect(world.said).toEqual([
      expect.objectContaining({
        kind: 'ask',
        id: 'mood.1',
        touchpoint: 'pay',
        streamHi,
        streamLo,
        validMs: 10 * MINUTE,
      }),
    ])
    world.do(asked('v1', 'mood.1', SHOWN))
    world.do(asked('v1', 'mood.1', SHOWN))
    world.do(answer('v1', 'mood.1', 3))
    expect(counts(world)).toEqual({ ...none, sent: 1, shown: 1, answered: 1 })
    const weighed = world.cells('pay', Cell.asked, 2 * CHANCE_CLASSES * SCORE_VALUES)
    expect(weighed.reduce((sum, n) => sum + n, 0)).toBe(1)
    expect(world.refused).toEqual([])
  })

  it.each<[name: string, make: (world: AskedWorld) => void]>([
    ['was never put', world => world.do(answer('v1', 'mood.77'))],
    [
      'was answered before',
      world => {
        world.do(enter('v1'))
        world.do(answer('v1', idOf(world)))
        world.do(answer('v1', idOf(world)))
      },
    ],
    [
      'was put to another visitor',
      world => {
        world.do(enter('v1'))
        world.do(answer('v2', idOf(world)))
      },
    ],
    [
      'has expired',
      world => {
        world.do(enter('v1'))
        world.tick(10 * MINUTE + 1)
        world.do(answer('v1', idOf(world)))
      },
    ],
    [
      'asked for another scale',
      world => {
        world.do(enter('v1'))
        world.do(answer('v1', idOf(world), 1, 'thumb'))
      },
    ],
  ])('N51 that %s takes no answer: it is refused and counts nothing', (_name, make) => {
    const world = worldOf([rule({})])
    make(world)
    expect(world.refused).toEqual([Refusal.askDenied])
    const answers = world.cells('pay', Cell.answer, 96).reduce((sum, n) => sum + n, 0)
    expect(answers).toBe(counts(world).answered)
  })

  it('N51 of the host itself is a label, and its answers count as ever', () => {
    const world = worldOf([rule({})])
    for (const label of ['mine', 'mine.1', 'mood', 'mood.', 'mood.01']) world.do(answer('v1', label))
    expect(world.refused).toEqual([])
    expect(world.cells('pay', Cell.answer, 96).reduce((sum, n) => sum + n, 0)).toBe(5)
  })

  it('N52 is said again with the next enter until it was shown, and expires', () => {
    const world = worldOf([rule({})])
    world.do(enter('v1'))
    world.do(enter('v1', 'home'))
    expect(world.said.map(({ id }) => id)).toEqual(['mood.1', 'mood.1'])
    world.do(asked('v1', 'mood.1', SHOWN))
    world.do(enter('v1', 'help'))
    expect(world.said).toHaveLength(2)
    world.tick(11 * MINUTE)
    expect(counts(world)).toEqual({ ...none, sent: 1, shown: 1, expired: 1 })
  })

  it('N53 comes once a session, once in 7 days, and not for 30 days after an answer', () => {
    const world = worldOf([rule({})])
    const visit = (): number => {
      const before = world.said.length
      world.do(enter('v1'))
      world.do({ visitor: 'v1', kind: Kind.leave, touchpoint: 'pay' })
      world.do(enter('v1', 'home'))
      return world.said.slice(before).filter(({ id }) => id === idOf(world)).length > 0 && world.said.length > before
        ? 1
        : 0
    }
    expect(visit()).toBe(1)
    world.tick(HOUR)
    expect(visit()).toBe(0)
    world.tick(7 * DAY)
    expect(visit()).toBe(1)
    world.do(answer('v1', idOf(world)))
    world.tick(8 * DAY)
    expect(visit()).toBe(0)
    world.tick(22 * DAY)
    expect(visit()).toBe(1)
  })

  it('N53 comes later after each dismissal', () => {
    const world = worldOf([rule({})])
    const daysUntilAsked = (): number => {
      const before = world.said.length
      for (let day = 0; ; day++) {
        world.do(enter('v1'))
        if (world.said.length > before) return day
        world.tick(DAY)
      }
    }
    expect(daysUntilAsked()).toBe(0)
    world.do(asked('v1', idOf(world), DISMISSED))
    expect(daysUntilAsked()).toBe(14)
    world.do(asked('v1', idOf(world), DISMISSED))
    expect(daysUntilAsked()).toBe(28)
  })

  it('of a visit that lasts comes once it has lasted, and not where it ended before', () => {
    const world = worldOf([rule({ trigger: 'dwell', dwellMs: 20 * SECOND })])
    world.do(enter('v1'))
    world.do(enter('v2'))
    world.tick(10 * SECOND)
    world.do(enter('v2', 'home'))
    expect(world.said).toEqual([])
    world.tick(12 * SECOND)
    expect(world.said.map(({ visitorLo }) => visitorLo)).toEqual([hashOf('v1')[1]])
    world.tick(60 * SECOND)
    expect(world.said).toHaveLength(1)
  })

  it('is never put to who is known by the page alone, unless the host wants it', () => {
    const world = worldOf([rule({})])
    world.do({ ...enter('v1'), page: true })
    expect([world.said, counts(world)]).toEqual([[], none])
    world.do({ ...asked('v1', 'mood', WANTED), page: true })
    expect(world.said.map(({ id }) => id)).toEqual(['mood.1'])
  })

  it('is put by chance alone, at the floor where no policy holds, and what was not asked is saved', () => {
    const world = new AskedWorld({ asks: [rule({})] })
    const visitors = 2_000
    for (let i = 0; i < visitors; i++) world.do(enter(`v${i}`))
    const { sent = 0, saved = 0 } = counts(world)
    expect(sent + saved).toBe(visitors)
    expect(Math.abs(sent / visitors - 1 / 8)).toBeLessThan(0.03)
  })
})

describe('a stated reason and a nudge', () => {
  it('N54 counts with the drop of the visit in which it was stated', () => {
    const form = ASK_FORMS.indexOf('choice')
    const world = worldOf([rule({ form, options: 3, reason: true, trigger: 'signal' })])
    world.do(enter('v1'))
    world.do({ visitor: 'v1', kind: Kind.signal, touchpoint: 'pay', detail: 'rage' })
    const detail = JSON.stringify({ ask: idOf(world), option: 2 })
    world.do({ visitor: 'v1', kind: Kind.answer, touchpoint: 'pay', detail })
    expect(world.refused).toEqual([])
    world.tick(HOUR)
    expect(world.cells('pay', Cell.reason, 1)).toEqual([1])
    expect(world.engines[0]?.state.places.reasons.list).toEqual(['mood.2'])
  })

  it('N55 goes to a share of those in trouble where it gets worse, and both sides are counted by their outcomes', () => {
    const nudge = { id: 'chat', touchpoints: ['pay'], signals: ['rage'], validMs: MINUTE, holdout: 0.5 }
    const world = new AskedWorld({ nudges: [nudge] })
    const trouble = (i: number): void => {
      world.do(enter(`v${i}`))
      world.do({ visitor: `v${i}`, kind: Kind.signal, touchpoint: 'pay', detail: 'rage' })
      if (i % 2 === 0) world.do({ visitor: `v${i}`, kind: Kind.goal, touchpoint: 'pay' })
    }
    trouble(-1)
    expect(world.said).toEqual([])
    world.policy(ALWAYS)
    const visitors = 400
    for (let i = 0; i < visitors; i++) trouble(i)
    world.tick(HOUR)
    const cells = world.cells('pay', Cell.nudged, NUDGE_CELLS)
    expect(world.said.length).toBe(cells[NudgeCell.nudged])
    expect((cells[NudgeCell.nudged] ?? 0) + (cells[NudgeCell.control] ?? 0)).toBe(visitors)
    expect((cells[NudgeCell.nudgedDropped] ?? 0) + (cells[NudgeCell.controlDropped] ?? 0)).toBe(visitors / 2)
    expect(Math.abs((cells[NudgeCell.nudged] ?? 0) / visitors - 0.5)).toBeLessThan(0.12)
  })
})
