/** Growable little-endian output. Strings are UTF-8 (the engine has no TextEncoder: it reaches nothing of its host). */
export class ByteWriter {
  #view: DataView
  #bytes: Uint8Array
  length = 0

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** Makes room for `more` bytes. */
  #reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }

  u8(value: number): void {
    this.#reserve(1)
    this.#bytes[this.length++] = value
  }

  u16(value: number): void {
    this.#reserve(2)
    this.#view.setUint16(this.length, value, true)
    this.length += 2
  }

  u32(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.length, value, true)
    this.length += 4
  }

  i32(value: number): void {
    this.#reserve(4)
    this.#view.setInt32(this.length, value, true)
    this.length += 4
  }

  f64(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.length, value, true)
    this.length += 8
  }

  /** A whole number from 0 up, seven bits a byte, lowest first. */
  varint(value: number): void {
    let left = value
    for (; left > 127; left = Math.floor(left / 128)) this.u8((left % 128) | 128)
    this.u8(left)
  }

  /** A whole number of either sign. */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** `count` elements of a typed array from `from` on, as they lie in memory (little-endian hosts alone). */
  array(words: Uint16Array | Int32Array, from: number, count: number): void {
    const size = words.BYTES_PER_ELEMENT
    this.raw(new Uint8Array(words.buffer, words.byteOffset + from * size, count * size))
  }

  /** Appends UTF-8 and returns the number of bytes; a lone surrogate becomes U+FFFD. */
  utf8(text: string): number {
    this.#reserve(text.length * 3)
    const start = this.length
    const bytes = this.#bytes
    let at = start
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i)
      if (code < 0x80) {
        bytes[at++] = code
        continue
      }
      if (code >= 0xd800 && code < 0xe000) {
        const next = text.charCodeAt(i + 1)
        const pair = code < 0xdc00 && next >= 0xdc00 && next < 0xe000
        code = pair ? 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00) : 0xfffd
        if (pair) i++
      }
      if (code >= 0x10000) {
        bytes[at++] = 0xf0 | (code >> 18)
        bytes[at++] = 0x80 | ((code >> 12) & 63)
        bytes[at++] = 0x80 | ((code >> 6) & 63)
      } else if (code >= 0x800) {
        bytes[at++] = 0xe0 | (code >> 12)
        bytes[at++] = 0x80 | ((code >> 6) & 63)
      } else {
        bytes[at++] = 0xc0 | (code >> 6)
      }
      bytes[at++] = 0x80 | (code & 63)
    }
    this.length = at
    return at - start
  }

  /** A string behind its length in 32 bits. */
  text(text: string): void {
    const at = this.length
    this.u32(0)
    this.setU32(at, this.utf8(text))
  }

  setU8(at: number, value: number): void {
    this.#bytes[at] = value
  }

  setU16(at: number, value: number): void {
    this.#view.setUint16(at, value, true)
  }

  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true)
  }

  /** The bytes written so far, as a copy; empties the writer. */
  take(): Uint8Array {
    const out = this.#bytes.slice(0, this.length)
    this.length = 0
    return out
  }
}

export class ByteReader {
  readonly #view: DataView
  readonly #bytes: Uint8Array
  at: number
  readonly end: number

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
    this.end = bytes.length
  }

  u8(): number {
    return this.#view.getUint8(this.at++)
  }

  u16(): number {
    const value = this.#view.getUint16(this.at, true)
    this.at += 2
    return value
  }

  u32(): number {
    const value = this.#view.getUint32(this.at, true)
    this.at += 4
    return value
  }

  i32(): number {
    const value = this.#view.getInt32(this.at, true)
    this.at += 4
    return value
  }

  f64(): number {
    const value = this.#view.getFloat64(this.at, true)
    this.at += 8
    return value
  }

  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8()
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  raw(length: number): Uint8Array {
    const out = this.#bytes.subarray(this.at, this.at + length)
    this.at += length
    return out
  }

  /** Fills the first `count` elements; the counterpart of ByteWriter.array. */
  array(into: Uint16Array | Int32Array, count: number): void {
    const length = count * into.BYTES_PER_ELEMENT
    new Uint8Array(into.buffer, into.byteOffset, length).set(this.raw(length))
  }

  text(): string {
    const length = this.u32()
    this.at += length
    return decodeUtf8(this.#bytes, this.at - length, length)
  }
}

/** Decodes UTF-8 that a ByteWriter wrote. */
export function decodeUtf8(bytes: Uint8Array, start: number, length: number): string {
  let text = ''
  const end = start + length
  for (let at = start; at < end; ) {
    const first = bytes[at++] as number
    if (first < 0x80) {
      text += String.fromCharCode(first)
      continue
    }
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
    let code = first & (0x3f >> more)
    for (let i = 0; i < more; i++) code = (code << 6) | ((bytes[at++] as number) & 63)
    text += String.fromCodePoint(code)
  }
  return text
}
