import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMatcher, pathOf } from './patterns.js'

const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '+', '(', '$', '%'), minLength: 1, maxLength: 4 })
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map(parts => `/${parts.join('/')}`)

test('a path without a star means itself alone', () => {
  fc.assert(
    fc.property(path, path, (pattern, other) => {
      expect(createMatcher({ [pattern]: 'it' })(other)).toBe(other === pattern ? 'it' : undefined)
    }),
  )
})

test('a star at the end means all of the rest, one elsewhere a part', () => {
  fc.assert(
    fc.property(path, path, part, (head, tail, name) => {
      expect(createMatcher({ [`${head}/*`]: 'it' })(head + tail)).toBe('it')
      expect(createMatcher({ [`${head}/*${tail}`]: 'it' })(`${head}/${name}${tail}`)).toBe('it')
      expect(createMatcher({ [`${head}/*/end`]: 'it' })(`${head}/${name}/${name}/end`)).toBeUndefined()
    }),
  )
})

test('a path itself comes before patterns, a longer pattern before a shorter one, whatever their order', () => {
  const pages = [
    ['/*', 'any'],
    ['/product/*', 'product'],
    ['/product/*/reviews', 'reviews'],
    ['/product/new', 'new'],
  ] as const
  fc.assert(
    fc.property(fc.shuffledSubarray([...pages], { minLength: pages.length }), shuffled => {
      const match = createMatcher(Object.fromEntries(shuffled))
      expect(['/', '/product/1', '/product/1/reviews', '/product/new', '/about'].map(match)).toEqual([
        'any',
        'product',
        'reviews',
        'new',
        'any',
      ])
    }),
  )
})

test.each([
  ['https://shop.example/pay/?a=1#b', false, '/pay'],
  ['https://shop.example/', false, '/'],
  ['https://shop.example/#/pay/', true, '/#/pay'],
  ['https://shop.example/app#/pay', false, '/app'],
])('the path of %s, by the fragment too: %s', (url, withHash, expected) => {
  expect(pathOf(new URL(url), withHash)).toBe(expected)
})

test('without patterns nothing is found', () => {
  expect(createMatcher()('/')).toBeUndefined()
})
