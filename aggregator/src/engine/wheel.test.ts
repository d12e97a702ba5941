import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Wheel } from './wheel.js'

const RING = 65_536

const put = fc.record({
  type: fc.constant('put' as const),
  ahead: fc.oneof(fc.integer({ min: -10, max: 50 }), fc.nat(200_000)),
})
const move = fc.record({ type: fc.constant('move' as const), by: fc.oneof(fc.nat(20), fc.nat(20), fc.nat(150_000)) })

describe('the wheel', () => {
  it('hands out every row once, at its second, be it far, past, or jumped over', () => {
    fc.assert(
      fc.property(fc.nat(2e9), fc.array(fc.oneof(put, put, put, move), { maxLength: 80 }), (start, steps) => {
        const wheel = new Wheel()
        wheel.due(start)
        const waiting = new Map<number, number>()
        let now = start
        let rows = 0
        const check = (): void => {
          const due = [...waiting].filter(([, second]) => second < now)
          const handed = wheel.rows.map((row, i) => [row, wheel.seconds[i]])
          expect([...handed].sort()).toEqual([...due].sort())
          const seconds = [...wheel.seconds]
          expect(seconds).toEqual([...seconds].sort((a, b) => a - b))
          for (const [row] of due) waiting.delete(row)
        }
        for (const step of steps) {
          if (step.type === 'put') {
            const wanted = now + step.ahead
            const second = wheel.put(rows, wanted)
            expect(second).toBe(Math.min(Math.max(wanted, now), now + RING - 1))
            waiting.set(rows++, second)
          } else {
            now += step.by
            wheel.due(now)
            check()
          }
        }
        now += RING
        wheel.due(now)
        check()
        expect(waiting.size).toBe(0)
      }),
      { numRuns: 80 },
    )
  })

  it('shows who stands at the current second without taking them out', () => {
    const wheel = new Wheel()
    wheel.due(1_000)
    wheel.put(1, 1_000)
    wheel.put(2, 1_001)
    wheel.put(3, 900)
    const standing: number[] = []
    wheel.current(row => standing.push(row))
    wheel.current(row => standing.push(row))
    expect(standing.sort()).toEqual([1, 1, 3, 3])
    wheel.due(1_001)
    expect([...wheel.rows].sort()).toEqual([1, 3])
  })

  it('uses its entries again', () => {
    const wheel = new Wheel()
    for (let row = 0; row < 1_000; row++) wheel.put(row, row)
    const size = wheel.sizeBytes
    for (let round = 1; round < 30; round++) {
      wheel.due(round * 1_000)
      expect(new Set(wheel.rows).size).toBe(1_000)
      for (let row = 0; row < 1_000; row++) wheel.put(row, round * 1_000 + row)
    }
    expect(wheel.sizeBytes).toBe(size)
  })
})
