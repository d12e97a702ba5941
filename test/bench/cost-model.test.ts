import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ASSUMED, needs, perEvent, written } from './cost-model.mjs'

const figures = {
  fixed: { gateway: 0.1, worker: 0.1, nats: 0.2 },
  cpu: {
    gateway: { single: 20e-6, twenty: 4e-6 },
    worker: { single: 10e-6, twenty: 3e-6 },
    nats: { single: 30e-6, twenty: 2e-6 },
  },
  logSecond: 4_000,
  logEvent: { single: 100, twenty: 20 },
  busSecond: 200_000,
  visitor: 300,
  idle: { worker: 100e6, gateway: 100e6 },
}

describe('what a cluster takes', () => {
  test('of frames of one and of twenty the measured cost comes out again', () => {
    const cost = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    fc.assert(
      fc.property(cost, ([event, frame]) => {
        const measured = { single: frame + event, twenty: frame / 20 + event }
        expect(perEvent(measured, 1)).toBeCloseTo(measured.single, 9)
        expect(perEvent(measured, 20)).toBeCloseTo(measured.twenty, 9)
        expect(perEvent(measured, 4)).toBeCloseTo(frame / 4 + event, 9)
      }),
    )
  })

  test('more events never take less', () => {
    const size = fc.integer({ min: 1, max: 1_000_000_000 })
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [fewer, more] = [needs(figures, Math.min(a, b)), needs(figures, Math.max(a, b))]
        for (const key of Object.keys(fewer) as (keyof typeof fewer)[])
          expect(more[key]).toBeGreaterThanOrEqual(fewer[key])
      }),
    )
  })

  test('a million events a minute by hand', () => {
    const assumed = { ...ASSUMED, eventsAFrame: 1, peak: 3, load: 0.5, eventsAVisitor: 10, coresANode: 4 }
    const { gateways, workers, nodes, diskGb, memoryGb } = needs(figures, 1_000_000, assumed)
    // 50,000 events a second at the peak: 0.1 and 1 core of the gateway, 0.1 and 0.5 of the worker, half full.
    expect({ gateways, workers, nodes }).toEqual({ gateways: 3, workers: 2, nodes: 3 })
    // (4,000 + 16,667 × 100) bytes a second for 72 h, a sixteenth more, three times.
    expect(diskGb).toBeCloseTo(((4_000 + (1e6 / 60) * 100) * 72 * 3_600 * 1.0625 * 3) / 1e9, 6)
    // 432 million visitors of 300 bytes, and five processes of 100 MB.
    expect(memoryGb).toBeCloseTo(129.6 + 0.5, 6)
  })

  test('is written as a table, with what was assumed', () => {
    const lines = written(figures, [10_000, 1_000_000])
    expect(lines.slice(0, 4).every(line => /^\|.*\|$/.test(line))).toBe(true)
    expect(lines[2]).toMatch(/^\| 10,000 \| 2 \| 2 \| 3 /)
    expect(lines.join('\n')).toMatch(/Assumed: frames of 4 events/)
  })
})
