import { TRAIL_ENTRIES } from './limits.js'
import { TRAIL_BITS, TRAIL_SHIFT, Word } from './visitors.js'

/**
 * The trail in a visitor's row: the last TRAIL_ENTRIES places with their times. `words`, `at`: the row's page, and where
 * the row begins in it.
 */

const PLACE_BITS = 0xffff

const lengthOf = (words: Int32Array, at: number): number => (words[at + Word.flags] & TRAIL_BITS) >>> TRAIL_SHIFT

/** A repeat of the last place renews its time. `t`: the visitor's time, ms since 1970. */
export function remember(words: Int32Array, at: number, place: number, t: number): void {
  let length = lengthOf(words, at)
  const times = at + Word.trailTimes
  if (length > 0 && placeAt(words, at, length - 1) === place) {
    words[times + length - 1] = t | 0
    return
  }
  if (length === TRAIL_ENTRIES) {
    words.copyWithin(times, times + 1, times + TRAIL_ENTRIES)
    for (let i = 1; i < TRAIL_ENTRIES; i++) setPlace(words, at, i - 1, placeAt(words, at, i))
    length--
  }
  words[times + length] = t | 0
  setPlace(words, at, length, place)
  words[at + Word.flags] = (words[at + Word.flags] & ~TRAIL_BITS) | ((length + 1) << TRAIL_SHIFT)
}

/** As [place, ms since 1970], oldest first, as far as they lie within the horizon before `now`. */
export function trailOf(words: Int32Array, at: number, now: number, horizonMs: number): [place: number, at: number][] {
  const trail: [number, number][] = []
  for (let i = 0; i < lengthOf(words, at); i++) {
    const age = ((now | 0) - words[at + Word.trailTimes + i]) >>> 0
    if (age <= horizonMs) trail.push([placeAt(words, at, i), now - age])
  }
  return trail
}

function placeAt(words: Int32Array, at: number, i: number): number {
  const word = words[at + Word.trailPlaces + (i >> 1)]
  return (i & 1) === 0 ? word & PLACE_BITS : word >>> 16
}

function setPlace(words: Int32Array, at: number, i: number, place: number): void {
  const to = at + Word.trailPlaces + (i >> 1)
  const word = words[to]
  words[to] = (i & 1) === 0 ? (word & ~PLACE_BITS) | place : (word & PLACE_BITS) | (place << 16)
}
