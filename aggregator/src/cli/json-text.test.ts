import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withItem, withList, withoutItem } from './json-text.js'

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

test('an entry comes or goes, and all others keep their bytes', () => {
  const list = fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 5 })
  const indent = fc.constantFrom(undefined, 1, '\t')
  fc.assert(
    fc.property(list, fc.jsonValue({ maxDepth: 2 }), fc.nat(5), indent, (entries, entry, index, indent) => {
      const text = `${JSON.stringify({ a: ['}', 1], asks: entries, b: 2 }, null, indent)}\n`
      const read = JSON.parse(text).asks as unknown[]
      const added = withItem(text, 'asks', entry)
      expect(JSON.parse(added)).toEqual({ a: ['}', 1], asks: [...read, JSON.parse(JSON.stringify(entry))], b: 2 })
      const removed = withoutItem(text, 'asks', index)
      expect(JSON.parse(removed)).toEqual({ a: ['}', 1], asks: read.filter((_, i) => i !== index), b: 2 })
      if (read.length > 0) expect(withoutItem(added, 'asks', read.length)).toBe(text)
    }),
  )
  const text = '{"asks": [ {"id" : "a",\n  "x": "]"} , {"id":"b"} ]}'
  expect(withItem(text, 'asks', { id: 'c' })).toBe(
    '{"asks": [ {"id" : "a",\n  "x": "]"} , {"id":"b"},\n    {"id":"c"} ]}',
  )
  expect(withoutItem(text, 'asks', 0)).toBe('{"asks": [ {"id":"b"} ]}')
  expect(withItem('{}', 'asks', 1)).toBe('{\n  "asks": [\n    1\n  ]\n}')
  expect(withoutItem('{}', 'asks', 0)).toBe('{}')
})
