/**
 * Refuses, before anything is decoded, what MessagePack allows and the wire doesn't (SPEC.md, part 7). One pass, no
 * recursion, no allocation: a hostile frame costs no more than its own bytes.
 */
import { FRAME_DEPTH } from './client/index.js'

/** Why a frame's bytes were refused; 0 stands for none. */
export const ScanFault = {
  truncated: 1,
  trailing: 2,
  tooDeep: 3,
  tooMany: 4,
  map: 5,
  binary: 6,
  extension: 7,
  neverUsed: 8,
  notFinite: 9,
  unsafeInteger: 10,
  notUtf8: 11,
} as const
export type ScanFault = (typeof ScanFault)[keyof typeof ScanFault]

const MESSAGES: Record<ScanFault, string> = {
  [ScanFault.truncated]: 'the frame ends inside a value',
  [ScanFault.trailing]: 'bytes follow the frame',
  [ScanFault.tooDeep]: `arrays are nested more than ${FRAME_DEPTH} deep`,
  [ScanFault.tooMany]: 'an array or string is announced longer than the frame',
  [ScanFault.map]: 'a map stands in the frame; the wire has arrays only',
  [ScanFault.binary]: 'a binary value stands in the frame',
  [ScanFault.extension]: 'an extension type stands in the frame',
  [ScanFault.neverUsed]: 'the byte 0xc1 stands where a value begins',
  [ScanFault.notFinite]: 'a number is not finite',
  [ScanFault.unsafeInteger]: 'an integer lies beyond ±(2^53 − 1)',
  [ScanFault.notUtf8]: 'a string is not valid UTF-8',
}
export const scanMessage = (fault: ScanFault): string => MESSAGES[fault]

/** What a first byte from 0xc0 to 0xdf announces: payload or length bytes, and which of the forms below. */
const FORM = {
  plain: 0,
  float32: 1,
  float64: 2,
  uint64: 3,
  int64: 4,
  text: 5,
  list: 6,
  map: 7,
  binary: 8,
  extension: 9,
  neverUsed: 10,
} as const

const forms = new Uint8Array(32)
const sizes = new Uint8Array(32)
const define = (first: number, form: number, ...bytes: number[]) => {
  for (const [index, size] of bytes.entries()) {
    forms[first - 0xc0 + index] = form
    sizes[first - 0xc0 + index] = size
  }
}
define(0xc0, FORM.plain, 0)
define(0xc1, FORM.neverUsed, 0)
define(0xc2, FORM.plain, 0, 0)
define(0xc4, FORM.binary, 1, 2, 4)
define(0xc7, FORM.extension, 1, 2, 4)
define(0xca, FORM.float32, 4)
define(0xcb, FORM.float64, 8)
define(0xcc, FORM.plain, 1, 2, 4)
define(0xcf, FORM.uint64, 8)
define(0xd0, FORM.plain, 1, 2, 4)
define(0xd3, FORM.int64, 8)
define(0xd4, FORM.extension, 1, 1, 1, 1, 1)
define(0xd9, FORM.text, 1, 2, 4)
define(0xdc, FORM.list, 2, 4)
define(0xde, FORM.map, 2, 4)

/** Items still to come in each open array; shared by all calls, which never overlap. */
const open = new Float64Array(FRAME_DEPTH + 1)

const bigEndian = (bytes: Uint8Array, at: number, size: number): number => {
  let value = 0
  for (let index = 0; index < size; index++) value = value * 256 + (bytes[at + index] as number)
  return value
}

/** Valid UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, nothing past U+10FFFF. */
const isUtf8 = (bytes: Uint8Array, from: number, end: number): boolean => {
  let at = from
  while (at < end) {
    const first = bytes[at++] as number
    if (first < 0x80) continue
    const more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0
    if (more === 0 || at + more > end) return false
    const second = bytes[at] as number
    const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    if (second < low || second > high) return false
    for (let index = 1; index < more; index++) if (((bytes[at + index] as number) & 0xc0) !== 0x80) return false
    at += more
  }
  return true
}

const numberFault = (bytes: Uint8Array, at: number, form: number): ScanFault | 0 => {
  const first = bytes[at] as number
  const second = bytes[at + 1] as number
  if (form === FORM.float32) return (first & 0x7f) === 0x7f && second >= 0x80 ? ScanFault.notFinite : 0
  if (form === FORM.float64) return (first & 0x7f) === 0x7f && second >= 0xf0 ? ScanFault.notFinite : 0
  const high = bigEndian(bytes, at, 4)
  if (high < 0x20_0000) return 0
  if (form === FORM.uint64 || high < 0xffe0_0000) return ScanFault.unsafeInteger
  return high === 0xffe0_0000 && bigEndian(bytes, at + 4, 4) === 0 ? ScanFault.unsafeInteger : 0
}

const refusedForm = (form: number): ScanFault =>
  form === FORM.map
    ? ScanFault.map
    : form === FORM.binary
      ? ScanFault.binary
      : form === FORM.extension
        ? ScanFault.extension
        : ScanFault.neverUsed

/** 0 where the bytes are one value of nil, booleans, finite numbers, strings and arrays; never throws. */
export const scan = (bytes: Uint8Array): ScanFault | 0 => {
  const end = bytes.length
  let at = 0
  let depth = 0
  /** Values announced and not read yet; each needs a byte at least, so that lengths can't outgrow the frame. */
  let pending = 1
  open[0] = 1
  while (pending > 0) {
    if (at >= end) return ScanFault.truncated
    const first = bytes[at++] as number
    pending--
    ;(open[depth] as number)--
    let items = -1
    let textBytes = -1
    if (first < 0x80 || first >= 0xe0) {
      // A small integer is its own byte.
    } else if (first < 0x90) return ScanFault.map
    else if (first < 0xa0) items = first & 15
    else if (first < 0xc0) textBytes = first & 31
    else {
      const form = forms[first & 31] as number
      const size = sizes[first & 31] as number
      if (form > FORM.list) return refusedForm(form)
      if (at + size > end) return ScanFault.truncated
      if (form === FORM.text) textBytes = bigEndian(bytes, at, size)
      else if (form === FORM.list) items = bigEndian(bytes, at, size)
      else if (form !== FORM.plain) {
        const fault = numberFault(bytes, at, form)
        if (fault !== 0) return fault
      }
      at += size
    }
    if (textBytes > 0) {
      if (at + textBytes > end) return ScanFault.tooMany
      if (!isUtf8(bytes, at, at + textBytes)) return ScanFault.notUtf8
      at += textBytes
    } else if (items >= 0) {
      if (++depth > FRAME_DEPTH) return ScanFault.tooDeep
      pending += items
      if (pending > end - at) return ScanFault.tooMany
      open[depth] = items
    }
    while (depth > 0 && open[depth] === 0) depth--
  }
  return at === end ? 0 : ScanFault.trailing
}
