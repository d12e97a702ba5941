import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Step } from './journey.js'
import { randomFrom } from './random.js'
import { openStreet } from './street.js'

interface Told {
  readonly visitor: string
  readonly step: Step
  readonly atMs: number
}

const MINUTE_MS = 60_000

const open = (seed: number) => {
  const told: Told[] = []
  let isFailing = false
  const street = openStreet(
    {
      random: randomFrom(seed),
      isPaymentFailing: () => isFailing,
      rush: () => 0.5,
      visitorsPerSecond: () => 3,
      tell: (visitor, step, atMs) => told.push({ visitor, step, atMs }),
    },
    0,
  )
  const fail = (): void => {
    isFailing = true
    street.alarm()
  }
  return { street, told, fail }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 })

const signals = (told: readonly Told[], name: string): Told[] =>
  told.filter(({ step }) => step.act === 'signal' && step.name === name)

describe('the street', () => {
  it('tells the same steps for the same seed, however its time is cut into strides', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(fc.integer({ min: 1, max: 7_000 }), { minLength: 1, maxLength: 40 }),
        (seed, strides) => {
          const whole = open(seed)
          const cut = open(seed)
          const endMs = strides.reduce((sum, stride) => sum + stride, 0)
          whole.street.advance(endMs)
          let atMs = 0
          for (const stride of strides) {
            atMs += stride
            cut.street.advance(atMs)
          }
          expect(cut.told).toEqual(whole.told)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('tells in order of time, nothing of the future, and lets one walk at a time for each visitor', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { street, told } = open(seed)
        street.advance(2 * MINUTE_MS)
        const times = told.map(({ atMs }) => atMs)
        expect(times).toEqual([...times].sort((a, b) => a - b))
        expect(times.at(-1)).toBeLessThanOrEqual(2 * MINUTE_MS)
        const counted = told.filter(({ step }) => step.act === 'enter' && step.touchpoint === 'shop.home')
        expect(counted.length).toBeGreaterThan(200)
        expect(counted.length).toBeLessThan(540)
      }),
      { numRuns: 20 },
    )
  })

  it('is calm while payment works: nobody is told of an error, and most who pay get through', () => {
    const { street, told } = open(7)
    street.advance(10 * MINUTE_MS)
    expect(signals(told, 'error')).toEqual([])
    expect(signals(told, 'rage')).toEqual([])
    const at = (touchpoint: string): number =>
      told.filter(({ step }) => step.act === 'enter' && step.touchpoint === touchpoint).length
    expect(at('checkout.thanks') / at('checkout.payment')).toBeGreaterThan(0.85)
  })

  it('lets everybody who waits for the bank feel it at once when payment fails', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { street, told, fail } = open(seed)
        street.advance(MINUTE_MS)
        const before = told.length
        const last = new Map(told.map(({ visitor, step }) => [visitor, step]))
        const waiting = [...last.values()].filter(
          step => step.act === 'enter' && step.touchpoint === 'checkout.payment',
        ).length
        expect(waiting).toBeGreaterThan(3)
        fail()
        street.advance(MINUTE_MS + 2_000)
        const after = told.slice(before)
        expect(signals(after, 'error').length).toBeGreaterThan(waiting / 2)
      }),
      { numRuns: 50 },
    )
  })
})
