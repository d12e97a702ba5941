import { Kind } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Engine } from './engine.js'
import { round6OrNull } from './figures.js'
import { RecordWriter } from './record.js'
import { View } from './view.js'

const START = 1_700_000_040_000
const MINUTE_MS = 60_000
const quiet = { verdict: (): void => {}, refused: (): void => {} }

interface Visit {
  readonly minute: number
  readonly place: string
  readonly level: number
  readonly troubled: boolean
}

/** What two partitions count of visitors that each answer once, and of whom some run into trouble. */
const viewOf = (visits: readonly Visit[]): View => {
  const engines = [new Engine([1, 2]), new Engine([1, 2])]
  const view = new View(2)
  visits.forEach(({ minute, place, level, troubled }, index) => {
    const out = new RecordWriter()
    const at = START + minute * MINUTE_MS
    const ids = { visitorHi: index + 1, visitorLo: 7, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
    out.begin({ receivedAt: at, base: at, dataClock: false, page: false, bot: false, ...ids })
    const where = out.place(place, null, [])
    out.event(Kind.enter, where, at)
    out.event(Kind.feedback, where, at, 2, level)
    if (troubled) out.event(Kind.signal, where, at, 0, 0, 'error')
    out.end()
    engines[index % 2]?.apply(out.take(), quiet)
  })
  engines.forEach((engine, partition) => {
    view.absorb(partition, engine.partial(true) as Uint8Array, START)
  })
  return view
}

const visitOf = fc.record({
  minute: fc.nat(20),
  place: fc.constantFrom('checkout.cart', 'checkout.payment'),
  level: fc.nat(4),
  troubled: fc.boolean(),
})
const inOrder = fc
  .array(visitOf, { minLength: 1, maxLength: 40 })
  .map(visits => visits.sort((a, b) => a.minute - b.minute))

describe('readings', () => {
  it('are what the pulse shows, before it is rounded', () => {
    fc.assert(
      fc.property(inOrder, fc.constantFrom('1m', '5m', '1h', 'total'), (visits, window) => {
        const view = viewOf(visits)
        for (const name of ['~journey', visits[0]?.place as string]) {
          const { sentiment, dropOff, friction, visitors } = view.readings(name, window)
          const pulse = view.pulse(name, window, START)
          const rounded = ({ value, low, high, n }: typeof sentiment) => [...[value, low, high].map(round6OrNull), n]
          expect(rounded(sentiment)).toEqual([
            pulse.sentiment.score,
            pulse.sentiment.low,
            pulse.sentiment.high,
            pulse.sentiment.n,
          ])
          for (const [own, shown] of [
            [dropOff, pulse.dropOff],
            [friction, pulse.friction],
          ] as const) {
            expect(rounded(own)).toEqual([shown.rate, shown.low, shown.high, shown.n])
          }
          expect(visitors).toBe(pulse.visitors)
          if (pulse.sentiment.believed) expect(sentiment.backed).toBe(true)
        }
      }),
    )
  })
})

describe('the first bad minute', () => {
  it('begins the run of bad minutes that leads up to now; minutes of which nothing is known break none', () => {
    fc.assert(
      fc.property(inOrder, visits => {
        const view = viewOf(visits)
        const steps = view.firstMinute('~journey', 'total', ({ sentiment: { value } }) =>
          value === null ? null : value < 0,
        )
        let step = steps.next()
        while (step.done !== true) step = steps.next()
        const scores = new Map<number, number[]>()
        for (const { minute, level } of visits) scores.set(minute, [...(scores.get(minute) ?? []), level - 2])
        let expected: number | null = null
        for (const minute of [...scores.keys()].sort((a, b) => b - a)) {
          const isBad = (scores.get(minute) ?? []).reduce((sum, score) => sum + score, 0) < 0
          if (isBad) expected = START + minute * MINUTE_MS
          else if (expected !== null) break
        }
        expect(step.value).toBe(expected === null ? null : expected - (expected % MINUTE_MS))
      }),
    )
  })

  it('is not looked for before the window', () => {
    const view = viewOf([0, 7, 9].map(minute => ({ minute, place: 'cart', level: 0, troubled: false })))
    const first = (window: '5m' | '15m') => {
      const steps = view.firstMinute('cart', window, ({ sentiment: { value } }) => (value === null ? null : value < 0))
      let step = steps.next()
      while (step.done !== true) step = steps.next()
      return ((step.value ?? 0) - START) / MINUTE_MS
    }
    expect([first('5m'), first('15m')]).toEqual([7, 0])
  })
})
