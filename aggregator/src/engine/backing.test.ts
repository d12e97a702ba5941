import { Kind } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Engine } from './engine.js'
import { RecordWriter } from './record.js'
import { View } from './view.js'

const START = 1_700_000_000_000
const quiet = { verdict: (): void => {}, refused: (): void => {} }

interface Answer {
  readonly visitor: number
  /** null: the visitor speaks for itself. */
  readonly group: number | null
  readonly partition: number
}

/** The best answer of each visitor at one touchpoint, all of one minute, as a view of two partitions shows them. */
const viewOf = (answers: readonly Answer[]): View => {
  const engines = [new Engine([1, 2]), new Engine([1, 2])]
  const view = new View(2)
  for (const { visitor, group, partition } of answers) {
    const out = new RecordWriter()
    const ids = { visitorHi: visitor, visitorLo: 7, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
    const backer = group === null ? {} : { backerHi: 1_000 + group, backerLo: 9 }
    out.begin({ receivedAt: START, base: START, dataClock: false, page: false, bot: false, ...ids, ...backer })
    const place = out.place('checkout', null, [])
    out.event(Kind.enter, place, START)
    out.event(Kind.feedback, place, START, 2, 4)
    out.end()
    engines[partition]?.apply(out.take(), quiet)
  }
  engines.forEach((engine, partition) => {
    view.absorb(partition, engine.partial() as Uint8Array, START)
  })
  return view
}

const many = (count: number, groupOf: (i: number) => number | null): Answer[] =>
  Array.from({ length: count }, (_, i) => ({ visitor: i + 1, group: groupOf(i), partition: i % 2 }))

describe('N33: belief', () => {
  it('is not to be had by many visitors from one group of addresses, who are counted all the same', () => {
    const { sentiment, friction, visitors } = viewOf(many(200, () => 1)).pulse('checkout', '5m', START)
    expect([visitors, sentiment.visitors, sentiment.n]).toEqual([200, 200, 200])
    expect([sentiment.believed, friction.believed]).toEqual([false, false])
  })

  it('takes five groups, or visitors that speak for themselves, together, whatever the roll-up', () => {
    fc.assert(
      fc.property(fc.nat(7), fc.nat(7), (groups, selves) => {
        const crowded = groups === 0 ? [] : many(100, i => i % groups)
        const alone = many(selves, () => null).map(answer => ({ ...answer, visitor: answer.visitor + 500 }))
        const all = [...crowded, ...alone]
        if (all.length === 0) return
        const view = viewOf(all)
        for (const name of ['checkout', '~journey', '~channel.web']) {
          const { sentiment } = view.pulse(name, '5m', START)
          const isNarrow = all.length > 12
          if (isNarrow) expect(sentiment.believed).toBe(groups + selves >= 5)
          else if (groups + selves < 5) expect(sentiment.believed).toBe(false)
        }
      }),
    )
  })
})
