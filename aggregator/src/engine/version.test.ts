import { Kind, WINDOWS, type Window } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Engine } from './engine.js'
import { IdHash } from './hash.js'
import { RecordWriter } from './record.js'
import { View } from './view.js'

const START = 1_700_000_000_000
const quiet = { verdict: (): void => {}, refused: (): void => {} }
const hash = new IdHash([0, 0])

/** An engine and the view that follows it. */
const followed = () => {
  const engine = new Engine([0, 0])
  const view = new View(1)
  const tell = (write: (out: RecordWriter) => void): void => {
    const out = new RecordWriter()
    write(out)
    engine.apply(out.take(), quiet)
    const partial = engine.partial()
    if (partial !== null) view.absorb(0, partial, START)
  }
  const enter = (visitor: string, touchpoint: string, at: number): void =>
    tell(out => {
      const { hi: visitorHi, lo: visitorLo } = hash.of(visitor)
      const ids = { visitorHi, visitorLo, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
      out.begin({ receivedAt: at, base: at, dataClock: false, page: false, bot: false, ...ids })
      out.event(Kind.enter, out.place(touchpoint, null, []), at)
      out.end()
    })
  return { view, enter, tick: (at: number): void => tell(out => out.tick(at)) }
}

const told = (view: View, window: Window): string => JSON.stringify({ ...view.pulse('here', window, START), clock: 0 })

describe('the version of a touchpoint', () => {
  it('stays where something changed elsewhere', () => {
    const { view, enter } = followed()
    enter('a', 'here', START - 3_600_000)
    enter('a', 'here', START)
    // The baselines of shorter windows hold the quarter of an hour that is under way.
    const long = WINDOWS.slice(WINDOWS.indexOf('15m'))
    const before = long.map(window => view.version('here', window))
    enter('b', 'there', START + 1)
    expect(long.map(window => view.version('here', window))).toEqual(before)
    expect(view.version('~journey', '15m')).toBeGreaterThan(before[0] as number)
  })

  it('grows as long as a window still empties, and no longer', () => {
    fc.assert(
      fc.property(fc.nat(900_000), fc.nat(4_999), fc.boolean(), (lag, offset, isAlone) => {
        const { view, enter, tick } = followed()
        const at = START - lag
        enter('a', 'here', at)
        if (!isAlone) enter('b', 'there', at + 60_000)
        let before = WINDOWS.map(window => [told(view, window), view.version('here', window)] as const)
        let grown = 0
        for (let aheadMs = offset; aheadMs < 400_000; aheadMs += 5_000) {
          tick(at + 60_000 + aheadMs)
          const now = WINDOWS.map(window => [told(view, window), view.version('here', window)] as const)
          for (const [i, [text, version]] of now.entries()) {
            const known = before[i] as (typeof now)[number]
            if (text !== known[0]) expect(version, WINDOWS[i]).toBeGreaterThan(known[1])
            if (WINDOWS[i] === '1m' && version > known[1]) grown++
          }
          before = now
        }
        // Once empty, only the quarters of an hour under a baseline move it, here at most twice.
        expect(grown).toBeLessThan(10)
      }),
      { numRuns: 30 },
    )
  })
})
