import { describe, expect, it } from 'vitest'
import type { LogItem } from './items.js'
import { HOUR, MINUTE, recountOf, SECOND, T0, type Told, tick, told, visitsAt } from './story.js'
import { Judge } from './verdicts.js'

const verdicts = (log: readonly (Told | LogItem)[]) => recountOf(log).judged.verdicts
const totals = (log: readonly (Told | LogItem)[]) => recountOf(log).judged.totals
/** One stream's seqs in the order in which they come, a second apart. */
const seqs = (...list: number[]): Told[] => list.map((seq, i) => ({ at: i * SECOND, stream: 's', seq }))

describe('recount, time and order', () => {
  it('N1: an event time is at most its receive time', () => {
    const { arrivals } = recountOf([{ at: 5 * SECOND, received: 2 * SECOND }]).judged
    expect(arrivals[0]?.time).toBe(T0 + 2 * SECOND)
  })

  it('N1: with the data clock an event is received at its own time', () => {
    const log = [told({ at: 5 * SECOND, received: 99 * HOUR })]
    const { clock, arrivals } = new Judge(true, () => 0).all(log)
    expect([clock, arrivals[0]?.time]).toEqual([T0 + 5 * SECOND, T0 + 5 * SECOND])
  })

  it('N2: refused before bot, bot before duplicate, duplicate before too late', () => {
    const old = { at: -25 * HOUR, received: 0, stream: 's', seq: 0 }
    const log = [
      { ...old, refused: true, bot: true, seq: 9 },
      { ...old },
      { ...old, bot: true },
      { ...old },
      { ...old, seq: 1 },
    ]
    expect(verdicts(log)).toEqual(['rejected', 'tooLate', 'bot', 'duplicate', 'tooLate'])
  })

  it('N2: a refused event and a bot leave the clock alone', () => {
    const log = [{ at: SECOND }, { at: MINUTE, refused: true }, { at: MINUTE, bot: true }]
    expect(recountOf(log).judged.clock).toBe(T0 + SECOND)
    const far = { at: MINUTE, stream: 's', seq: 65_537 }
    expect(recountOf([{ at: SECOND }, far]).judged.clock).toBe(T0 + SECOND)
  })

  it('N3: the clock is the greatest receive time or tick, duplicates and too late ones included', () => {
    const first = { at: 0, stream: 's', seq: 0 }
    expect(recountOf([first, { ...first, received: MINUTE }]).judged.clock).toBe(T0 + MINUTE)
    expect(recountOf([{ at: -30 * HOUR, received: MINUTE }]).judged.clock).toBe(T0 + MINUTE)
    expect(recountOf([{ at: 0 }, tick(HOUR), tick(MINUTE)]).judged.clock).toBe(T0 + HOUR)
  })

  it('N4: more than 24 h before its receive time an event is too late, its seq is seen', () => {
    const log = [
      { at: -24 * HOUR, received: 0, stream: 's', seq: 0 },
      { at: -24 * HOUR - 1, received: 0, stream: 's', seq: 1 },
    ]
    expect(verdicts(log)).toEqual(['accepted', 'tooLate'])
    expect(totals(log).lost).toBe(0)
    expect(visitsAt(recountOf(log))).toEqual({ entered: 1, dropped: 1 })
  })

  it('N5: a seq seen is a duplicate, one in a hole is not', () => {
    expect(verdicts(seqs(0, 2, 1, 2, 0))).toEqual(['accepted', 'accepted', 'accepted', 'duplicate', 'duplicate'])
    expect(totals(seqs(0, 3)).lost).toBe(2)
    expect(recountOf(seqs(0, 3, 1)).judged.holesFilled).toBe(1)
  })

  it('N5: a seq beyond the 256 gives up what falls out of them', () => {
    // 257 makes low 1; 0 is given up, 1 is not.
    expect(verdicts(seqs(257, 0, 1))).toEqual(['accepted', 'duplicate', 'accepted'])
    expect(totals(seqs(257, 0, 1)).lost).toBe(256)
    expect(verdicts(seqs(256, 0))).toEqual(['accepted', 'accepted'])
  })

  it('N5: more than 65,536 ahead is refused and not seen', () => {
    expect(verdicts(seqs(65_536))).toEqual(['accepted'])
    expect(verdicts(seqs(65_537, 0))).toEqual(['rejected', 'accepted'])
    expect(totals(seqs(65_537, 0))).toMatchObject({ rejected: 1, lost: 0 })
  })

  it('N6: a stream is forgotten once the clock is more than 48 h past its last event', () => {
    const first = { at: 0, stream: 's', seq: 3 }
    const again = { at: 48 * HOUR, stream: 's', seq: 3 }
    expect(verdicts([first, again])).toEqual(['accepted', 'duplicate'])
    expect(verdicts([first, { ...again, at: 48 * HOUR + 1 }])).toEqual(['accepted', 'accepted'])
    // What was lost stays lost: 0, 1 and 2, twice.
    expect(totals([first, { ...again, at: 48 * HOUR + 1 }]).lost).toBe(6)
    // A duplicate keeps it alive.
    expect(verdicts([first, again, { ...again, at: 96 * HOUR }])[2]).toBe('duplicate')
  })

  it('N6: a too late event keeps no stream alive but that it began', () => {
    const first = { at: 0, stream: 's', seq: 0 }
    const old = { at: 0, received: 30 * HOUR, stream: 's', seq: 1 }
    expect(verdicts([first, old, { at: 49 * HOUR, stream: 's', seq: 1 }])).toEqual(['accepted', 'tooLate', 'accepted'])
    const begun = { ...old, seq: 0 }
    expect(verdicts([begun, { at: 78 * HOUR, stream: 's', seq: 0 }])).toEqual(['tooLate', 'duplicate'])
  })

  it('N7: a refused value is seen and rejected each time, a broken line is rejected', () => {
    const refused = { at: 0, stream: 's', seq: 0, refused: true }
    const log = [refused, refused, { type: 'refuse', count: 3 } as const, { at: 0, stream: 's', seq: 0 }]
    expect(verdicts(log)).toEqual(['rejected', 'rejected', null, 'duplicate'])
    expect(totals(log)).toMatchObject({ rejected: 5, lost: 0, accepted: 0, duplicates: 1 })
  })

  it("N7: of a bot's stream nothing is kept", () => {
    const log = [{ at: 0, stream: 's', seq: 9, bot: true, refused: true }]
    expect(totals(log)).toMatchObject({ rejected: 1, bots: 0, lost: 0 })
  })

  it('N7: without stream and seq nothing is a duplicate or lost', () => {
    expect(totals([{ at: 0 }, { at: 0 }])).toMatchObject({ accepted: 2, duplicates: 0, lost: 0 })
  })

  it('N8: late when the 5 s slice starts at or before clock − 10 min', () => {
    const log = [
      { at: 10 * MINUTE, visitor: 'w', touchpoint: 'b' },
      { at: 4_999, received: 10 * MINUTE },
      { at: 5_000, received: 10 * MINUTE },
    ]
    const recount = recountOf(log)
    expect(recount.judged.totals.late).toBe(1)
    expect(recount.pulses(['a', 'b', '~journey'], 'total').map(pulse => pulse.late)).toEqual([1, 0, 1])
    expect(recount.pulses(['a'], '1h').map(pulse => pulse.late)).toEqual([0])
  })

  it('N3: each partition has a clock of its own, ticks go to all', () => {
    const log = [told({ at: HOUR, visitor: 'w' }), told({ at: 0, received: 0 }), told({ at: 0, received: 0 })]
    const late = (partitionOf: (visitor: string) => number, items: LogItem[]) =>
      new Judge(false, partitionOf).all(items).totals.late
    const apart = (visitor: string) => (visitor === 'w' ? 1 : 0)
    expect(late(() => 0, log)).toBe(2)
    expect(late(apart, log)).toBe(0)
    expect(late(apart, [tick(HOUR), ...log])).toBe(2)
  })
})
