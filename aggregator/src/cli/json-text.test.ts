import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withList } from './json-text.js'

test('the list is there, and every other member is what it was, whatever stands in the file', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 })
  const name = fc.oneof(fc.constant('keys'), fc.string())
  const indent = fc.constantFrom(undefined, 1, 2, '\t')
  fc.assert(
    fc.property(object, name, fc.array(fc.jsonValue({ maxDepth: 1 })), indent, (given, name, entries, indent) => {
      fc.pre(name !== '__proto__' && !Object.hasOwn(given, '__proto__'))
      const text = `${JSON.stringify(given, null, indent)}\n`
      const read = JSON.parse(withList(text, name, entries))
      expect(read).toEqual(JSON.parse(JSON.stringify({ ...given, [name]: entries })))
      expect(Object.keys(read)).toEqual(Object.keys({ ...given, [name]: entries }))
    }),
  )
})

test('the other bytes stay as they are', () => {
  const text = '{ "project" : "shop",\n\n  "keys": [ {"key": "a]},\\""} ] ,\n\t"cuts":["b"]   }\n'
  expect(withList(text, 'keys', [{ key: 'c' }])).toBe(
    '{ "project" : "shop",\n\n  "keys": [\n    {"key":"c"}\n  ] ,\n\t"cuts":["b"]   }\n',
  )
  expect(withList('{}', 'keys', [1])).toBe('{\n  "keys": [\n    1\n  ]\n}')
  expect(withList('{"a":1}\n', 'keys', [])).toBe('{"a":1,\n  "keys": []\n}\n')
})
