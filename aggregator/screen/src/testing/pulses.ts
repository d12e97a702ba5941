/** Pulses of any figures, for properties. */
import type { Pulse, Window } from '@pulssi/sdk/live'
import fc from 'fast-check'
import { SHOWN_WINDOWS, type Windows } from '../model/figure.js'
import { type Place, placeOf } from '../model/place.js'

const share = fc.integer({ min: 0, max: 1_000 }).map(thousandths => thousandths / 1_000)
const score = fc.integer({ min: -1_000, max: 1_000 }).map(thousandths => thousandths / 1_000)

interface Part {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly believed: boolean
  readonly baseline: number | null
}

/** As the server gives them: null and not believed where n is 0, else low ≤ value ≤ high. */
const part = (values: fc.Arbitrary<number>): fc.Arbitrary<Part> =>
  fc
    .tuple(fc.nat(100), fc.uniqueArray(values, { minLength: 3, maxLength: 3 }), fc.boolean(), fc.option(values))
    .map(([n, ends, believed, baseline]) => {
      if (n === 0) return { value: null, low: null, high: null, n, believed: false, baseline }
      const [low = 0, value = 0, high = 0] = ends.sort((a, b) => a - b)
      return { value, low, high, n, believed, baseline }
    })

export const pulseOf = (
  touchpoint: string,
  window: Window,
  parts: readonly [Part, Part, Part],
  pulse: number | null,
) => {
  const [dropOff, sentiment, friction] = parts
  const rate = ({ value, ...others }: Part) => ({ rate: value, ...others })
  const { value, ...answers } = sentiment
  return {
    touchpoint,
    channel: null,
    stage: null,
    window,
    clock: 0,
    ageMs: 0,
    visits: {
      entered: 0,
      views: 0,
      active: 0,
      completed: 0,
      progressed: 0,
      switched: 0,
      dropped: 0,
      unseen: 0,
      recovered: 0,
      troubled: 0,
    },
    dropOff: rate(dropOff),
    sentiment: {
      score: value,
      ...answers,
      visitors: answers.n,
      scales: {},
      corrected: { score: value, low: answers.low, high: answers.high, estimator: 'plain' },
      concentration: answers.n === 0 ? null : 1 / answers.n,
    },
    friction: { ...rate(friction), signals: {} },
    dwellMs: { p50: null, p90: null, p99: null },
    visitors: 0,
    late: 0,
    pulse,
    asks: { shown: 0, dismissed: 0, answered: 0, expired: 0, rate: null, saved: 0 },
  } satisfies Pulse
}

const anyPulse = (touchpoint: string, window: Window): fc.Arbitrary<Pulse> =>
  fc
    .tuple(part(share), part(score), part(share), fc.option(fc.nat(100)))
    .map(([dropOff, sentiment, friction, pulse]) => {
      const isKnown = dropOff.n + sentiment.n + friction.n > 0
      return pulseOf(touchpoint, window, [dropOff, sentiment, friction], isKnown ? (pulse ?? 50) : null)
    })

/** At least one window. */
export const anyWindows = (touchpoint: string): fc.Arbitrary<Windows> =>
  fc
    .subarray([...SHOWN_WINDOWS], { minLength: 1 })
    .chain(windows => fc.tuple(...windows.map(window => anyPulse(touchpoint, window))))
    .map(pulses => Object.fromEntries(pulses.map(pulse => [pulse.window, pulse])))

export const anyPlace = (name: string): fc.Arbitrary<Place> =>
  anyWindows(name).map(windows => placeOf(name, windows) as Place)

export const anyPlaces: fc.Arbitrary<Place[]> = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 12 })
  .chain(names => fc.tuple(...names.map(anyPlace)))
