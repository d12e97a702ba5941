/**
 * The MessagePack of the wire, as lean as a page needs it: writes what a client says, reads what a server says to one
 * that writes. `@pulssi/protocol` has the codec that knows all forms.
 */

/**
 * Numbers, strings and arrays of them, in the same bytes as the server's codec writes. All else becomes nil, so that it
 * never throws: the server judges what a page made of it.
 */
export const encode = (value: unknown): Uint8Array<ArrayBuffer> => {
  const out: number[] = []
  /** `fix`: the short form's tag, if it is short. `tag` is the form of 8 bits, then those of 16 and 32 follow. */
  const head = (n: number, isShort: boolean, fix: number, tag: number, size = n) => {
    let bits = isShort ? 0 : size < 256 ? 8 : size < 65_536 ? 16 : 32
    out.push(isShort ? (fix | n) & 255 : tag + (bits >> 4))
    while (bits) {
      bits -= 8
      out.push((n >> bits) & 255)
    }
  }
  const write = (item: unknown): void => {
    if (typeof item === 'number') {
      if (item >>> 0 === item) head(item, item < 128, 0, 0xcc)
      else if (item >> 0 === item) head(item, item > -33, 0, 0xd0, ~item * 2)
      else {
        // No engine that runs this keeps the high byte first.
        out.push(0xcb, ...new Uint8Array(new Float64Array([item]).buffer).reverse())
      }
    } else if (typeof item === 'string') {
      const bytes = new TextEncoder().encode(item)
      head(bytes.length, bytes.length < 32, 0xa0, 0xd9)
      bytes.forEach(byte => {
        out.push(byte)
      })
    } else if (Array.isArray(item)) {
      // Arrays have no form of 8 bits.
      head(item.length, item.length < 16, 0x90, 0xdb, item.length | 256)
      item.map(write)
    } else out.push(0xc0)
  }
  write(value)
  return new Uint8Array(out)
}

/** As far as a writer hears them: nil, true, whole numbers from 0 to 2³² − 1, strings and arrays; a float64 is passed over. */
export type Heard = null | true | number | string | readonly Heard[]

/** Throws RangeError where the data end too early. Other forms than `Heard` read as nonsense. */
export const decode = (data: ArrayBuffer): Heard => {
  const view = new DataView(data)
  let at = 0
  const integer = (sizeBytes: number): number => {
    let n = 0
    while (sizeBytes--) n = n * 256 + view.getUint8(at++)
    return n
  }
  const text = (length: number) => {
    at += length
    return new TextDecoder().decode(data.slice(at - length, at))
  }
  const list = (length: number) => Array.from({ length }, read)
  const read = (): Heard => {
    const tag = integer(1)
    if (tag < 0x80) return tag
    if (tag < 0xa0) return list(tag & 15)
    if (tag < 0xc0) return text(tag & 31)
    if (tag < 0xcc) {
      at += tag < 0xc4 ? 0 : 8
      // A `false` may be null: both mean no.
      return tag === 0xc3 || null
    }
    if (tag < 0xd0) return integer(1 << (tag & 3))
    return tag < 0xdc ? text(integer(1 << (tag - 0xd9))) : list(integer(2))
  }
  return read()
}
