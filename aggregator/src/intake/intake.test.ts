import {
  type BatchFrame,
  type Group,
  Kind,
  type NormalEvent,
  type Place,
  Refusal,
  type WireEvent,
} from '@pulssi/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digest, Engine } from '../engine/index.js'
import { Intake, SERVICE, type Sender } from './index.js'

const NOW = 1_732_250_000_000
const KEY = [1, 2] as const

interface Refused {
  readonly record: number
  readonly event: number
  readonly code: Refusal
}

/** Applies what an intake gathered; the engine's own refusals come back. */
const apply = (intake: Intake, engines: readonly Engine[]): { refused: Refused[]; accepted: number } => {
  const refused: Refused[] = []
  let accepted = 0
  engines.forEach((engine, partition) => {
    engine.apply(intake.take(partition), {
      verdict: (_record, count) => {
        accepted += count
      },
      refused: (record, event, code) => refused.push({ record, event, code }),
    })
  })
  return { refused, accepted }
}

const enginesOf = (count: number): Engine[] => Array.from({ length: count }, () => new Engine(KEY))
const frame = (groups: Group[], places: Place[] = ['a', 'b'], sentAt: number | null = null): BatchFrame => [
  2,
  0,
  sentAt,
  places,
  groups,
]
const page: Sender = { ...SERVICE, visitor: 'me', stream: 'mine', everyVisitor: false, channels: new Set(['web']) }

const accepted = (engine: Engine): number => totals(engine).accepted
const totals = (engine: Engine) => engine.state.totals

describe('a frame', () => {
  const event = fc.oneof(
    fc.tuple(fc.constant(Kind.enter), fc.integer({ min: -5_000, max: 5_000 }), fc.nat(2)),
    fc.tuple(fc.constant(Kind.leave), fc.integer({ min: -5_000, max: 5_000 }), fc.nat(2)),
    fc.tuple(fc.constant(Kind.goal), fc.nat(5_000), fc.nat(2), fc.integer()),
    fc.tuple(fc.constant(Kind.signal), fc.nat(5_000), fc.nat(2), fc.constantFrom('rage', 'slow')),
    fc.tuple(fc.constant(Kind.feedback), fc.nat(5_000), fc.nat(2), fc.constant(2), fc.integer({ min: 0, max: 6 })),
    fc.tuple(
      fc.constant(Kind.link),
      fc.nat(5_000),
      fc.constant(null),
      fc.constant('c-1'),
      fc.constant(null),
      fc.constant(null),
    ),
  ) as unknown as fc.Arbitrary<WireEvent>
  const group = fc.tuple(
    fc.constantFrom('v1', 'v2', 'v3'),
    fc.constantFrom('s1', 's2', null),
    fc.nat(20),
    fc.integer({ min: NOW - 100_000, max: NOW }),
    fc.array(event, { minLength: 1, maxLength: 20 }),
  )
  const places: Place[] = ['a', ['b.c', 'phone', []], ['a', null, ['variant', 'B']]]

  test('counts the same as its events one by one, in any number of partitions', () => {
    fc.assert(
      fc.property(
        fc.array(group, { maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (groups, partitions, dataClock) => {
          const whole = new Intake(KEY, partitions, dataClock)
          const single = new Intake(KEY, partitions, dataClock)
          const [a, b] = [enginesOf(partitions), enginesOf(partitions)]
          const refused = whole.batch(frame(groups, places), SERVICE, NOW).map(({ position, code }) => [position, code])
          const refusedSingly: [number, number][] = []
          let position = 0
          for (const [visitor, stream, seq, at, events] of groups) {
            for (const [i, each] of events.entries()) {
              const place = each[2] === null ? null : places[each[2]]
              const [touchpoint, channel, cuts] =
                typeof place === 'string' ? [place, null, []] : (place ?? ['', null, []])
              const normal: NormalEvent = {
                visitor: visitor ?? '',
                stream,
                seq: stream === null ? null : seq + i,
                at: at + each[1],
                place: place === null ? null : { touchpoint, channel, cuts },
                event: [each[0], 0, place === null ? null : 0, ...each.slice(3)] as unknown as WireEvent,
              }
              const code = single.add(normal, SERVICE, NOW, null, position)
              if (code !== 0) refusedSingly.push([position, code])
              position++
            }
          }
          apply(whole, a)
          apply(single, b)
          expect(refused).toEqual(refusedSingly)
          expect(digest(a)).toBe(digest(b))
        },
      ),
    )
  })

  test('an event’s time is at + (receive time − sentAt), at most the receive time; the data clock leaves it alone', () => {
    const time = (at: number, sentAt: number | null, dataClock: boolean): number => {
      const intake = new Intake(KEY, 1, dataClock)
      intake.batch(frame([['v', 's', 0, at, [[Kind.enter, 5, 0]]]], ['a'], sentAt), SERVICE, NOW)
      return intake.latest
    }
    expect(time(NOW - 10_000, NOW - 9_000, false)).toBe(NOW - 995)
    expect(time(NOW - 10_000, null, false)).toBe(NOW - 9_995)
    expect(time(NOW + 10_000, null, false)).toBe(NOW)
    expect(time(NOW + 10_000, NOW - 50_000, false)).toBe(NOW)
    expect(time(NOW - 10_000, NOW - 9_000, true)).toBe(NOW - 9_995)
    expect(time(NOW + 10_000, NOW, true)).toBe(NOW + 10_005)
  })

  test('groups without visitor or stream are the sender’s own', () => {
    const [own, named] = [enginesOf(1), enginesOf(1)]
    const intakes = [new Intake(KEY, 1, false), new Intake(KEY, 1, false)] as const
    intakes[0].batch(frame([[null, null, 3, NOW, [[Kind.enter, 0, 0]]]]), page, NOW)
    intakes[1].batch(frame([['me', 'mine', 3, NOW, [[Kind.enter, 0, 0]]]]), page, NOW)
    apply(intakes[0], own)
    apply(intakes[1], named)
    expect(digest(own)).toBe(digest(named))
  })
})

describe('what is refused', () => {
  test('a bad value takes its sequence number and leaves the others alone', () => {
    const intake = new Intake(KEY, 1, false)
    const events: WireEvent[] = [
      [Kind.enter, 0, 0],
      [Kind.feedback, 0, 0, 2, 9],
      [Kind.leave, 0, 0],
    ]
    expect(intake.batch(frame([['v', 's', 0, NOW, events]]), SERVICE, NOW)).toEqual([
      { position: 1, code: Refusal.badScore },
    ])
    const [engine] = enginesOf(1)
    if (engine === undefined) return
    apply(intake, [engine])
    expect(totals(engine)).toMatchObject({ accepted: 2, rejected: 1, lost: 0 })
  })

  test('another’s visitor: nothing of that visitor is touched, and all is counted', () => {
    const intake = new Intake(KEY, 1, false)
    const groups: Group[] = [
      [
        'other',
        's',
        0,
        NOW,
        [
          [Kind.enter, 0, 0],
          [Kind.leave, 0, 0],
        ],
      ],
      ['me', 'mine', 0, NOW, [[Kind.enter, 0, 0]]],
    ]
    const code = Refusal.visitorDenied
    expect(intake.batch(frame(groups), page, NOW)).toEqual([
      { position: 0, code },
      { position: 1, code },
    ])
    const engines = enginesOf(1)
    apply(intake, engines)
    // The true owner of that stream comes later, and nothing of it counts as seen.
    intake.batch(
      frame([
        [
          'other',
          's',
          0,
          NOW,
          [
            [Kind.enter, 0, 0],
            [Kind.leave, 0, 0],
          ],
        ],
      ]),
      SERVICE,
      NOW,
    )
    expect(apply(intake, engines).accepted).toBe(2)
    expect(engines.map(totals)).toMatchObject([{ accepted: 3, rejected: 2, duplicates: 0 }])
  })

  test('a channel that the key may not write to; without one an event’s channel is web', () => {
    const intake = new Intake(KEY, 1, false)
    const places: Place[] = ['a', ['a', 'phone', []], ['a', 'web', []]]
    const events: WireEvent[] = [
      [Kind.enter, 0, 0],
      [Kind.enter, 0, 1],
      [Kind.enter, 0, 2],
    ]
    const refused = intake.batch(frame([['me', 'mine', 0, NOW, events]], places), page, NOW)
    expect(refused).toEqual([{ position: 1, code: Refusal.channelDenied }])
  })

  test('no visitor at all is no event', () => {
    const intake = new Intake(KEY, 1, false)
    const refused = intake.batch(frame([[null, 's', 0, NOW, [[Kind.enter, 0, 0]]]]), SERVICE, NOW)
    expect(refused).toEqual([{ position: 0, code: Refusal.badEvent }])
  })
})

describe('spans', () => {
  test('lead from a record of an entry back to the position in the frame', () => {
    const intake = new Intake(KEY, 1, false)
    intake.tick(0, NOW)
    const groups: Group[] = [
      [
        'v',
        's',
        0,
        NOW,
        [
          [Kind.enter, 0, 0],
          [Kind.leave, 0, 0],
        ],
      ],
      ['v', 's', 1_000_000, NOW, [[Kind.enter, 0, 0]]],
    ]
    intake.batch(frame(groups), SERVICE, NOW)
    expect(intake.spans).toEqual([
      { partition: 0, record: 1, position: 0 },
      { partition: 0, record: 2, position: 2 },
    ])
    expect(apply(intake, enginesOf(1)).refused).toEqual([{ record: 2, event: 0, code: Refusal.seqTooFar }])
    intake.batch(frame(groups), SERVICE, NOW)
    expect(intake.spans[0]).toEqual({ partition: 0, record: 0, position: 0 })
  })
})

test('a stream with more places, texts and time than a record holds goes into several, and nothing is lost', () => {
  const intake = new Intake(KEY, 1, true)
  const [engine] = enginesOf(1)
  if (engine === undefined) return
  const dayMs = 86_400_000
  const event: WireEvent = [Kind.signal, 0, 0, 'slow']
  for (let seq = 0; seq < 1_000; seq++) {
    const at = NOW - 1_000 * dayMs + seq * dayMs
    const place = { touchpoint: `t${seq % 150}`, channel: null, cuts: [] }
    intake.add({ visitor: 'v', stream: 's', seq, at, place, event }, SERVICE, NOW, null, seq)
  }
  apply(intake, [engine])
  expect(accepted(engine)).toBe(1_000)
  expect(intake.spans.map(({ position }) => position)[0]).toBe(0)
  expect(intake.spans.length).toBeGreaterThan(3)
})
