import { describe, expect, it } from 'vitest'
import type { Recount } from './recount.js'
import { erase, HOUR, MINUTE, recountOf, SECOND, type Told, tick, visitsAt } from './story.js'

const b = { touchpoint: 'b' }
const later = tick(50 * HOUR)

/** Visits open at `a`. */
const openAt = (recount: Recount) => recount.pulses(['a'], 'total')[0]?.visits.active ?? 0

describe('recount, visits', () => {
  it("N10: the visitor's time never goes back", () => {
    // The late `enter` at b acts at 5 min, where a's dwell ends; b's deadline counts from there too.
    const recount = recountOf([
      { at: 0 },
      { at: 5 * MINUTE, kind: 'link', touchpoint: null },
      { ...b, at: MINUTE, received: 5 * MINUTE },
      tick(15 * MINUTE),
    ])
    expect(visitsAt(recount)).toEqual({ entered: 1, progressed: 1 })
    expect(recount.pulses(['a'], 'total')[0]?.dwellMs.p50).toBe(5 * MINUTE)
    expect(visitsAt(recount, 'b')).toEqual({ entered: 1, active: 1 })
  })

  it('N11: entering again is a view, entering elsewhere goes on', () => {
    const recount = recountOf([
      { at: 0 },
      { at: MINUTE },
      { ...b, at: 2 * MINUTE, channel: 'phone' },
      { at: 3 * MINUTE },
    ])
    expect(visitsAt(recount)).toEqual({ entered: 2, views: 1, active: 1, switched: 1 })
    expect(visitsAt(recount, 'b')).toEqual({ entered: 1, switched: 1 })
    expect(recount.journey('total').transitions).toEqual([
      { from: 'a', to: 'b', n: 1 },
      { from: 'b', to: 'a', n: 1 },
    ])
  })

  it('N11: at an end touchpoint going on completes, and is a transition', () => {
    const recount = recountOf([{ at: 0 }, { ...b, at: 1 }], { touchpoints: [{ pattern: 'a', end: true }] })
    expect(visitsAt(recount)).toEqual({ entered: 1, completed: 1 })
    expect(recount.journey('total').transitions).toEqual([{ from: 'a', to: 'b', n: 1 }])
  })

  it('N11: the first visit within the horizon after a drop recovers it, once', () => {
    const dropAt = 10 * MINUTE
    const back = (at: number) => recountOf([{ at: 0 }, { ...b, at }, { at: at + 1 }, later])
    expect(visitsAt(back(dropAt + HOUR))).toEqual({ entered: 2, dropped: 2, recovered: 1 })
    expect(visitsAt(back(dropAt + HOUR + 1))).toEqual({ entered: 2, dropped: 2 })
    // At a itself too; and no transition from a visit that was dropped.
    const same = recountOf([{ at: 0 }, { at: dropAt + 1 }])
    expect(visitsAt(same)).toEqual({ entered: 2, dropped: 1, recovered: 1, active: 1 })
    expect(same.journey('total').transitions).toEqual([])
  })

  it('N12: activity moves the deadline, a leave sets the grace, a later activity replaces it', () => {
    const active = (log: Told[], at: number) => openAt(recountOf([{ at: 0 }, ...log, tick(at)]))
    expect(active([], 10 * MINUTE)).toBe(1)
    expect(active([], 10 * MINUTE + 1)).toBe(0)
    for (const kind of ['enter', 'feedback', 'answer', 'signal'] as const) {
      expect(active([{ at: MINUTE, kind }], 11 * MINUTE), kind).toBe(1)
    }
    for (const kind of ['link', 'ask'] as const) expect(active([{ at: MINUTE, kind }], 11 * MINUTE), kind).toBe(0)
    expect(active([{ at: MINUTE, kind: 'leave' }], 2 * MINUTE)).toBe(1)
    expect(active([{ at: MINUTE, kind: 'leave' }], 2 * MINUTE + 1)).toBe(0)
    expect(
      active(
        [
          { at: MINUTE, kind: 'leave' },
          { at: MINUTE, kind: 'signal' },
        ],
        11 * MINUTE,
      ),
    ).toBe(1)
    expect(active([{ ...b, at: MINUTE, kind: 'leave' }], 10 * MINUTE)).toBe(1)
    expect(active([{ ...b, at: MINUTE, kind: 'feedback' }], 10 * MINUTE + 1)).toBe(0)
  })

  it("N13: the touchpoint's allowances, else its channel's, else the journey's", () => {
    // The longest that a visit left at once is still open.
    const lastsMs = (event: Partial<Told>, rule = {}, channels = {}) => {
      const config = { touchpoints: [{ pattern: 'a', ...rule }], channels }
      const lasts = (ms: number) =>
        openAt(recountOf([{ at: 0, ...event }, { at: 0, kind: 'leave' }, tick(ms)], config)) === 1
      return [3, 5, 7, 9, MINUTE, 10 * MINUTE].find(ms => lasts(ms) && !lasts(ms + 1))
    }
    expect(lastsMs({})).toBe(MINUTE)
    expect(lastsMs({ channel: 'app' })).toBe(MINUTE)
    expect(lastsMs({ channel: 'phone' })).toBe(10 * MINUTE)
    expect(lastsMs({ channel: 'phone' }, { idleMs: 3 })).toBe(3)
    expect(lastsMs({ channel: 'phone' }, {}, { phone: { idleMs: 5 } })).toBe(5)
    expect(lastsMs({ channel: 'phone' }, {}, { phone: { graceMs: 7 } })).toBe(7)
    expect(lastsMs({ channel: 'phone' }, { graceMs: 9 }, { phone: { graceMs: 7 } })).toBe(9)
    // The map's channel beats the event's.
    expect(lastsMs({ channel: 'phone' }, { channel: 'web' })).toBe(MINUTE)
  })

  it('N14: what the clock decides, by kind of touchpoint and visitor', () => {
    expect(visitsAt(recountOf([{ at: 0 }, later]))).toEqual({ entered: 1, dropped: 1 })
    expect(visitsAt(recountOf([{ at: 0, page: true }, later]))).toEqual({ entered: 1, unseen: 1 })
    const end = { touchpoints: [{ pattern: 'a', end: true }] }
    expect(visitsAt(recountOf([{ at: 0, page: true }, later], end))).toEqual({ entered: 1, completed: 1 })
  })

  it('N14: a drop is taken back by an event within the deadline, and judged again', () => {
    const late = { at: 9 * MINUTE, received: HOUR }
    const seen = recountOf([{ at: 0 }, tick(HOUR), { ...late, kind: 'signal' }])
    expect(seen.takenBack).toBe(1)
    expect(visitsAt(seen)).toEqual({ entered: 1, dropped: 1, troubled: 1 })
    expect(visitsAt(recountOf([{ at: 0 }, tick(HOUR), { ...b, ...late }]))).toEqual({ entered: 1, progressed: 1 })
    const past = recountOf([{ at: 0 }, tick(HOUR), { at: 11 * MINUTE, received: HOUR }])
    expect(past.takenBack).toBe(0)
    expect(visitsAt(past)).toEqual({ entered: 2, dropped: 2, recovered: 1 })
  })

  it('N15: a goal completes the open visit, or enters first', () => {
    const here = recountOf([{ at: 0 }, { at: MINUTE, kind: 'goal' }, { ...b, at: 2 * MINUTE }])
    expect(visitsAt(here)).toEqual({ entered: 1, completed: 1 })
    expect(here.journey('total').transitions).toEqual([])
    const elsewhere = recountOf([{ at: 0 }, { ...b, at: MINUTE, kind: 'goal' }])
    expect(visitsAt(elsewhere)).toEqual({ entered: 1, progressed: 1 })
    expect(visitsAt(elsewhere, 'b')).toEqual({ entered: 1, completed: 1 })
  })

  it('N16: a visit is troubled once, in the slice of its enter; every signal counts', () => {
    const rage = { kind: 'signal', name: 'rage' } as const
    const recount = recountOf([
      { at: 0 },
      { ...rage, at: 4 * MINUTE },
      { ...rage, at: 8 * MINUTE },
      { ...rage, ...b, at: 8 * MINUTE },
    ])
    const [total] = recount.pulses(['a'], 'total')
    const [recent] = recount.pulses(['a'], '5m')
    expect([total?.visits.troubled, total?.friction.signals]).toEqual([1, { rage: 2 }])
    expect([recent?.visits.troubled, recent?.friction.signals]).toEqual([0, { rage: 2 }])
    expect(visitsAt(recount, 'b')).toEqual({})
  })

  it('N17: dwell ends at the resolution, or at the last activity where the deadline resolved', () => {
    const dwell = (log: Told[]) => recountOf([{ at: 0 }, ...log, later]).pulses(['a'], 'total')[0]?.dwellMs.p50
    expect(dwell([{ ...b, at: 7 * MINUTE }])).toBe(7 * MINUTE)
    expect(dwell([])).toBe(0)
    expect(dwell([{ at: 3 * MINUTE, kind: 'leave' }])).toBe(3 * MINUTE)
    expect(dwell([{ at: 3 * MINUTE }, { at: 4 * MINUTE, kind: 'ask' }])).toBe(3 * MINUTE)
  })

  it('N18: visitors by any event that names it, answerers by a score', () => {
    const recount = recountOf([
      { at: 0, visitor: 'u', kind: 'ask' },
      { at: 0, visitor: 'v', kind: 'answer' },
      { at: 0, visitor: 'w', kind: 'feedback', scale: 'csat', level: 4 },
      { at: 0, visitor: 'w', kind: 'link', touchpoint: null },
    ])
    const [pulse] = recount.pulses(['a'], 'total')
    expect([pulse?.visitors, pulse?.sentiment.visitors, pulse?.sentiment.n]).toEqual([3, 1, 1])
  })

  it("N19: a touchpoint's channel is the map's, else the only one seen, else null", () => {
    const channel = (channels: (string | null)[], rule = {}) =>
      recountOf(
        channels.map(name => ({ at: SECOND, channel: name })),
        { touchpoints: [{ pattern: 'a', ...rule }] },
      ).pulses(['a'], 'total')[0]?.channel
    expect(channel(['phone', 'phone'])).toBe('phone')
    expect(channel([null])).toBe('web')
    expect(channel(['phone', null])).toBe(null)
    expect(channel(['phone', null], { channel: 'store' })).toBe('store')
  })

  it('N21: an erasure resolves an open visit as unseen, at the clock that it moves', () => {
    const recount = recountOf([{ at: 0 }, erase(3 * MINUTE), later])
    expect(visitsAt(recount)).toEqual({ entered: 1, unseen: 1 })
    expect(recount.pulses(['a'], 'total')[0]?.dwellMs.p50).toBe(3 * MINUTE)
    expect(visitsAt(recountOf([{ at: 0 }, erase(11 * MINUTE), later]))).toEqual({ entered: 1, dropped: 1 })
    expect(visitsAt(recountOf([{ at: 0 }, tick(11 * MINUTE), erase(MINUTE), later]))).toEqual({
      entered: 1,
      dropped: 1,
    })
    expect(visitsAt(recountOf([{ at: 0 }, erase(MINUTE), erase(2 * MINUTE), later]))).toEqual({ entered: 1, unseen: 1 })
  })

  it('N21: what comes later under the same id is a new visitor’s, in new streams', () => {
    const numbered = { stream: 's', seq: 0 }
    const recount = recountOf([
      { at: 0, ...numbered },
      erase(MINUTE),
      { at: 2 * MINUTE, ...numbered },
      { at: 3 * MINUTE, ...numbered },
    ])
    expect(recount.judged.totals).toMatchObject({ accepted: 2, duplicates: 1 })
    expect(recount.pulses(['a'], 'total')[0]).toMatchObject({ visitors: 2, visits: { entered: 2, active: 1 } })
    // A drop that is forgotten is not recovered.
    expect(visitsAt(recountOf([{ at: 0 }, erase(20 * MINUTE), { at: 30 * MINUTE }]))).toMatchObject({ dropped: 1 })
    expect(visitsAt(recountOf([{ at: 0 }, erase(20 * MINUTE), { at: 30 * MINUTE }]))).not.toHaveProperty('recovered')
  })

  it('N20: a touchpoint is listed once an accepted event named it', () => {
    const recount = recountOf([
      { at: 0, kind: 'ask', touchpoint: 'z' },
      { at: 0, touchpoint: 'refused', refused: true },
      { at: 0, touchpoint: 'bot', bot: true },
      { at: -25 * HOUR, received: 0, touchpoint: 'old' },
    ])
    expect(recount.journey('1m').pulses.map(pulse => pulse.touchpoint)).toEqual(['z'])
  })
})
