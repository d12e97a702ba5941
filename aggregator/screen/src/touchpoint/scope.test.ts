import { describe, expect, it } from 'vitest'
import type { Place } from '../model/place.js'
import { isRollUp, patternsOf } from './scope.js'

const place = (name: string, stage: string | null, channel: string | null) => ({ name, stage, channel }) as Place
const PLACES = [
  place('shop.home', 'attract', 'web'),
  place('checkout.payment', 'close', 'web'),
  place('phone.support', 'close', 'phone'),
  place('~stage.close', 'close', null),
]

describe('what a name stands for', () => {
  it('is itself, everything, or the touchpoints of its stage or channel', () => {
    expect(patternsOf('shop.home', PLACES)).toEqual(['shop.home'])
    expect(patternsOf('~other', PLACES)).toEqual(['~other'])
    expect(patternsOf('~journey', PLACES)).toEqual(['*'])
    expect(patternsOf('~stage.close', PLACES)).toEqual(['checkout.payment', 'phone.support'])
    expect(patternsOf('~channel.web', PLACES)).toEqual(['checkout.payment', 'shop.home'])
    expect(patternsOf('~nobody.knows', PLACES)).toEqual([])
  })

  it('is never more than one request may name, with the name itself beside it', () => {
    const many = Array.from({ length: 2_000 }, (_, at) => place(`shop.p${at}`, 'close', 'web'))
    expect(new Set(['~stage.close', ...patternsOf('~stage.close', many)]).size).toBe(64)
  })
})

it('a roll-up is a sum; what has no place of its own is none', () => {
  expect(['~journey', '~stage.close', '~other', 'shop.home'].map(isRollUp)).toEqual([true, true, false, false])
})
