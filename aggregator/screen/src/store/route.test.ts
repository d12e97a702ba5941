import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hrefOf, routeOf } from './route.js'

describe('an address', () => {
  test('leads to where it was made for', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), name => {
        expect(routeOf(hrefOf({ page: 'touchpoint', name }), '')).toEqual({ page: 'touchpoint', name })
      }),
    )
    for (const page of ['overview', 'wallboard'] as const) expect(routeOf(hrefOf({ page }), '')).toEqual({ page })
  })

  test('of the wallboard may stand in the query', () => {
    expect(routeOf('', '?wallboard')).toEqual({ page: 'wallboard' })
    expect(routeOf('#/', '?wallboard')).toEqual({ page: 'overview' })
  })

  test('that nobody knows leads to the overview, one that is broken breaks nothing', () => {
    for (const hash of ['', '#', '#/nowhere', '#/touchpoint/']) expect(routeOf(hash, '').page).toBe('overview')
    expect(routeOf('#/touchpoint/%E0%A4%A', '')).toEqual({ page: 'touchpoint', name: '%E0%A4%A' })
  })
})
