/**
 * A small MessagePack codec for what the wire carries: nil, booleans, numbers, strings and arrays (SPEC.md, part 2).
 * It writes the same bytes as the server's codec.
 */

export type Wire = null | boolean | number | string | readonly Wire[]

const FLOAT64 = 0xcb

/**
 * Undefined becomes nil, a lone surrogate U+FFFD, −0 becomes 0. Integers from −2³¹ to 2³² − 1 are written as integers,
 * all other numbers as float64. Throws TypeError for what the wire can't carry.
 */
export const encode = (value: unknown): Uint8Array => {
  const out: number[] = []
  const utf8 = new TextEncoder()
  const view = new DataView(new ArrayBuffer(8))
  const bigEndian = (tag: number, n: number, size: number) => {
    out.push(tag)
    while (size--) out.push((n >>> (size * 8)) & 255)
  }
  /** `tag` + 1 and `tag` + 2 are the forms of 16 and 32 bits; a `tag` of 0xdb has one of 8 bits too. */
  const head = (n: number, fix: number, fixMax: number, tag: number, has8: boolean) => {
    if (n <= fixMax) out.push(fix | n)
    else if (has8 && n < 256) out.push(tag, n)
    else if (n < 65536) bigEndian(tag + 1, n, 2)
    else bigEndian(tag + 2, n, 4)
  }
  const write = (item: unknown): void => {
    if (item === undefined || item === null) out.push(0xc0)
    else if (typeof item === 'boolean') out.push(item ? 0xc3 : 0xc2)
    else if (typeof item === 'string') {
      const bytes = utf8.encode(item)
      head(bytes.length, 0xa0, 31, 0xd9, true)
      for (const byte of bytes) out.push(byte)
    } else if (typeof item === 'number') {
      if (item >>> 0 === item) head(item, 0, 127, 0xcc, true)
      else if (item >> 0 !== item) {
        view.setFloat64(0, item)
        out.push(FLOAT64)
        for (let at = 0; at < 8; at++) out.push(view.getUint8(at))
      } else if (item >= -32) out.push(item & 255)
      else if (item >= -128) bigEndian(0xd0, item, 1)
      else if (item >= -32768) bigEndian(0xd1, item, 2)
      else bigEndian(0xd2, item, 4)
    } else if (Array.isArray(item)) {
      head(item.length, 0x90, 15, 0xdb, false)
      for (const child of item) write(child)
    } else throw TypeError(`not on the wire: ${typeof item}`)
  }
  write(value)
  return Uint8Array.from(out)
}

/** Throws RangeError for truncated or trailing bytes and for types that the wire doesn't use. */
export const decode = (bytes: Uint8Array): Wire => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  let at = 0
  const bad = (): never => {
    throw RangeError(`not a frame, at byte ${at}`)
  }
  /** Appends `size` bytes to `n`; a negative `n` stays exact as long as the whole is a safe integer. */
  const integer = (size: number, n = 0): number => {
    while (size--) n = n * 256 + view.getUint8(at++)
    return n
  }
  const text = (size: number): string => {
    // Past the end, what follows throws: the next byte read, or else the check that all was read.
    at += size
    return utf8.decode(bytes.subarray(at - size, at))
  }
  const list = (count: number): Wire[] => {
    const items: Wire[] = []
    while (count--) items.push(read())
    return items
  }
  const read = (): Wire => {
    const tag = integer(1)
    if (tag < 0x80) return tag
    if (tag > 0xdf) return tag - 256
    if (tag > 0x8f && tag < 0xa0) return list(tag & 15)
    if (tag > 0x9f && tag < 0xc0) return text(tag & 31)
    if (tag === 0xc0) return null
    if (tag === 0xc2 || tag === 0xc3) return tag > 0xc2
    if (tag === 0xca || tag === FLOAT64) {
      const size = tag === FLOAT64 ? 8 : 4
      at += size
      return size > 4 ? view.getFloat64(at - size) : view.getFloat32(at - size)
    }
    if (tag > 0xcb && tag < 0xd0) return integer(1 << (tag & 3))
    if (tag > 0xcf && tag < 0xd4) return integer((1 << (tag & 3)) - 1, view.getInt8(at++))
    if (tag > 0xd8 && tag < 0xdc) return text(integer(1 << (tag - 0xd9)))
    if (tag === 0xdc || tag === 0xdd) return list(integer(tag === 0xdc ? 2 : 4))
    return bad()
  }
  const value = read()
  return at === bytes.length ? value : bad()
}
