import { describe, expect, it } from 'vitest'
import { formatOf } from '../format.js'
import { touchpointEn } from '../words/touchpoint.en.js'
import { touchpointFi } from '../words/touchpoint.fi.js'
import { axisText, fixed, readingText, shortText, spanOf, ticksOf } from './texts.js'

const AT = Date.UTC(2024, 10, 22, 22, 15)
const QUARTER_MS = 900_000
const plain = (text: string): string => text.replace(/[\u00a0\u2009\u202f]/g, ' ')

describe('a reading', () => {
  const reading = { value: 0.252_252, low: 0.180_677, high: 0.340_402, n: 1_110 }
  it('is told with interval and n in the words of its language', () => {
    expect(plain(readingText(touchpointEn, formatOf('en'), 'dropOff', reading))).toBe(
      'Drop-off 25.2 % (18.1 % to 34.0 %) · n 1,110',
    )
    expect(plain(readingText(touchpointFi, formatOf('fi'), 'dropOff', reading))).toBe(
      'Poistumat 25,2 % (18,1 %…34,0 %) · n 1 110',
    )
  })

  it('of nothing says so, and one of visits has no interval', () => {
    const nothing = { value: null, low: null, high: null, n: 0 }
    expect(readingText(touchpointEn, formatOf('en'), 'sentiment', nothing)).toBe('nothing counted')
    expect(readingText(touchpointEn, formatOf('en'), 'visits', { ...nothing, value: 7, n: 7 })).toBe('Visits 7')
  })
})

describe('a number', () => {
  it('is short in a cell, with its unit on an axis, and never minus zero', () => {
    expect(shortText('en', 'dropOff', 0.256)).toBe('26')
    expect(plain(axisText('en', 'dropOff', 0.25))).toBe('25 %')
    expect(shortText('fi', 'sentiment', -0.26)).toBe('−0,3')
    expect(shortText('en', 'sentiment', -0.01)).toBe('0.0')
    expect(shortText('en', 'visits', 12_345)).toBe('12K')
    expect(fixed('en', -53.333, 0)).toBe('−53')
  })
})

describe('a time', () => {
  it('is as exact as its step, in its zone', () => {
    expect(plain(spanOf('en', 'quarter', 'Europe/Helsinki')(AT, AT + QUARTER_MS))).toBe('Sat, Nov 23, 00:15 – 00:30')
    expect(plain(spanOf('en', 'hour', 'UTC')(AT, AT + QUARTER_MS))).toBe('Fri, Nov 22, 22:15 – 22:30')
  })

  it('of a day is that day, though it ends where the next begins', () => {
    const midnight = Date.UTC(2024, 10, 22)
    expect(spanOf('en', 'day', 'UTC')(midnight, midnight + 86_400_000)).toBe('Fri, Nov 22, 2024')
  })

  it('is marked by the day at midnight and where days lie between marks, else by the hour', () => {
    const ticks = ticksOf('fi', 'Europe/Helsinki')
    const midnight = Date.UTC(2024, 10, 21, 22) / 1_000
    expect(ticks([midnight, midnight + 7_200], 7_200)).toEqual(['22.11.', '02.00'])
    expect(ticks([midnight + 7_200], 86_400)).toEqual(['22.11.'])
  })
})
