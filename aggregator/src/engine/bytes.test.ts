import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter, decodeUtf8 } from './bytes.js'

/** UTF-16 code units with all that can go wrong in them: borders of the UTF-8 lengths, pairs, halves of pairs. */
const unit = fc.oneof(
  fc.nat(0x7f),
  fc.constantFrom(0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xffff),
  fc.integer({ min: 0xd800, max: 0xdbff }),
  fc.integer({ min: 0xdc00, max: 0xdfff }),
  fc.nat(0xffff),
)
const text = fc.array(unit, { maxLength: 40 }).map(units => String.fromCharCode(...units))
const encode = (value: string): Uint8Array => new TextEncoder().encode(value)
const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

const field = fc.oneof(
  fc.record({ type: fc.constant('u8' as const), value: fc.nat(0xff) }),
  fc.record({ type: fc.constant('u16' as const), value: fc.nat(0xffff) }),
  fc.record({ type: fc.constant('u32' as const), value: fc.nat(0xffffffff) }),
  fc.record({ type: fc.constant('i32' as const), value: fc.integer() }),
  fc.record({ type: fc.constant('f64' as const), value: fc.double() }),
)

describe('bytes', () => {
  it('writes the UTF-8 of the platform, lone surrogates as U+FFFD, and reads it back', () => {
    fc.assert(
      fc.property(text, value => {
        const out = new ByteWriter(1)
        const length = out.utf8(value)
        const bytes = out.take()
        expect([...bytes]).toEqual([...encode(value)])
        expect(length).toBe(bytes.length)
        expect(decodeUtf8(bytes, 0, bytes.length)).toBe(decode(encode(value)))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['a lone high surrogate at the end', 'a\ud83d', 'a\ufffd'],
    ['a lone low surrogate', '\ude00a', '\ufffda'],
    ['two high ones before a low one', '\ud83d\ud83d\ude00', '\ufffd\ud83d\ude00'],
    ['the last code point', '\u{10ffff}', '\u{10ffff}'],
  ])('knows %s', (_, value, expected) => {
    const out = new ByteWriter()
    out.text(value)
    expect(new ByteReader(out.take()).text()).toBe(expected)
  })

  it('reads back fields of any kinds, in order, from anywhere in a buffer', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 60 }), text, fc.nat(9), (fields, name, lead) => {
        const out = new ByteWriter(1)
        for (const { type, value } of fields) out[type](value)
        out.text(name)
        out.raw(Uint8Array.of(1, 2, 3))
        const size = out.length
        const taken = out.take()
        expect(taken.length).toBe(size)
        const shifted = new Uint8Array(taken.length + lead)
        shifted.set(taken, lead)
        const input = new ByteReader(shifted.subarray(lead))
        for (const { type, value } of fields) expect(input[type]()).toBe(value)
        expect(input.text()).toBe(decode(encode(name)))
        expect([...input.raw(3)]).toEqual([1, 2, 3])
        expect(input.at).toBe(input.end)
      }),
    )
  })

  it('is little-endian and sets fields in place', () => {
    const out = new ByteWriter(1)
    out.u32(0)
    out.u16(0)
    out.u8(0)
    out.setU32(0, 0x01020304)
    out.setU16(4, 0x0506)
    out.setU8(6, 7)
    expect([...out.take()]).toEqual([4, 3, 2, 1, 6, 5, 7])
  })

  it('hands out a copy and is empty after it', () => {
    const out = new ByteWriter()
    out.u8(1)
    const first = out.take()
    expect(out.length).toBe(0)
    out.u8(2)
    expect([...first]).toEqual([1])
    expect([...out.take()]).toEqual([2])
  })
})
