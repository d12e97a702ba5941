import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Engine, RecordWriter } from './index.js'

const EARLIEST = 1e12
const moment = fc.integer({ min: 0, max: 10 ** 9 }).map(ms => EARLIEST + ms)

it('the clock is the greatest time told so far, and never goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), moment), { minLength: 1 }), told => {
      const engine = new Engine([1, 2])
      let greatest = 0
      for (const [erases, at] of told) {
        const out = new RecordWriter()
        if (erases) out.erase(at, [1, 2], [3, 4])
        else out.tick(at)
        engine.apply(out.take(), { verdict() {}, refused() {} })
        greatest = Math.max(greatest, at)
        expect(engine.clock).toBe(greatest)
      }
    }),
  )
})
