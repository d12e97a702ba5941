import { EMOTIONS, SCALE_LEVELS, SCALES, type Voice } from '@pulssi/protocol/client'
import type { ByteReader, ByteWriter } from './bytes.js'
import { VOICE_MEMORY_MS, VOICES } from './limits.js'

/** A comment as the engine keeps it: who said it, by hash, and what was scored with it. */
export interface Spoken {
  readonly hi: number
  readonly lo: number
  /** Event time, ms since 1970. */
  readonly at: number
  /** Index into SCALES and of the level, lowest first; both −1 where an ask was answered in words. */
  readonly scale: number
  readonly level: number
  readonly text: string
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Newest first; a total order, so that which are kept doesn't depend on the order in which they came. */
const newestFirst = (a: Spoken, b: Spoken): number =>
  b.at - a.at || b.hi - a.hi || b.lo - a.lo || b.scale - a.scale || b.level - a.level || byText(a.text, b.text)

/** The newest of several lists together, as far as they are kept. */
export const newestSpoken = <One extends Spoken>(lists: readonly (readonly One[])[], clock: number): One[] =>
  lists
    .flat()
    .filter(({ at }) => at > clock - VOICE_MEMORY_MS)
    .sort(newestFirst)
    .slice(0, VOICES)

/** The newest comments of each touchpoint. */
export class Voices {
  /** Touchpoints whose comments changed since the last partial. */
  readonly changed = new Set<number>()
  readonly #lists: (readonly Spoken[] | undefined)[] = []

  at(place: number): readonly Spoken[] {
    return this.#lists[place] ?? []
  }

  /** Touchpoints that have comments. */
  places(): number[] {
    return this.#lists.flatMap((list, place) => (list === undefined || list.length === 0 ? [] : [place]))
  }

  add(place: number, spoken: Spoken, clock: number): void {
    this.set(place, newestSpoken([this.at(place), [spoken]], clock))
  }

  set(place: number, list: readonly Spoken[]): void {
    this.#lists[place] = list
    this.changed.add(place)
  }

  /** Takes a visitor's comments out; `before` is told of each touchpoint that loses some. */
  erase(hi: number, lo: number, before: (place: number) => void): void {
    for (const place of this.places()) {
      const kept = this.at(place).filter(one => one.hi !== hi || one.lo !== lo)
      if (kept.length === this.at(place).length) continue
      before(place)
      this.set(place, kept)
    }
  }
}

const NO_SCALE = 255

export function writeVoices(out: ByteWriter, list: readonly Spoken[]): void {
  out.u8(list.length)
  for (const { hi, lo, at, scale, level, text } of list) {
    out.i32(hi)
    out.i32(lo)
    out.f64(at)
    out.u8(scale < 0 ? NO_SCALE : scale)
    out.u8(level < 0 ? NO_SCALE : level)
    out.text(text)
  }
}

export function readVoices(input: ByteReader): Spoken[] {
  return Array.from({ length: input.u8() }, () => {
    const who = { hi: input.i32(), lo: input.i32(), at: input.f64() }
    const scale = input.u8()
    const level = input.u8()
    const isScored = scale < SCALES.length
    return { ...who, scale: isScored ? scale : -1, level: isScored ? level : -1, text: input.text() }
  })
}

/** What a visitor wrote, in an event's detail; '' for nothing, and where the detail is something else. */
export function textOf(detail: string): string {
  if (!detail.startsWith('{')) return ''
  try {
    const { comment, text } = JSON.parse(detail) as { comment?: unknown; text?: unknown }
    const said = comment ?? text
    return typeof said === 'string' ? said : ''
  } catch {
    return ''
  }
}

/** The scale and the score as in an event. */
export function voiceOf({ at, scale: index, level, text }: Spoken): Omit<Voice, 'id' | 'touchpoint'> {
  const scale = SCALES[index] ?? null
  if (scale === null) return { at, scale, score: null, text }
  const score = scale === 'emotion' ? (EMOTIONS[level] ?? null) : SCALE_LEVELS[scale].first + level
  return { at, scale, score, text }
}

/** The comments of a touchpoint, as they lie in the partitions. */
export interface Comments {
  readonly touchpoint: string
  /** By partition; the same list as long as it holds the same. */
  readonly lists: readonly (readonly Spoken[])[]
  /** Whether enough stand behind the touchpoint (N23). */
  readonly isShown: boolean
  /** Those that are shown, newest first. */
  readonly shown: () => readonly Spoken[]
}

const NOTHING: readonly Spoken[] = []

/** Of one touchpoint; null: there are none. `parts`: its number in each partition, −1 where it is unknown. */
export function commentsAt(
  mirrors: readonly { readonly voices: readonly (readonly Spoken[])[] }[],
  { name, parts }: { readonly name: string; readonly parts: readonly number[] },
  isShown: boolean,
  clock: number,
): Comments | null {
  const lists = mirrors.map(({ voices }, partition) => voices[parts[partition] as number] ?? NOTHING)
  if (lists.every(list => list.length === 0)) return null
  return { touchpoint: name, lists, isShown, shown: () => newestSpoken(lists, clock) }
}
