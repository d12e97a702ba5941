import { decodeUtf8 } from './bytes.js'
import { OUTBOX } from './limits.js'
import type { Bounds, PendingReply } from './people.js'

/**
 * What partitions tell each other of a person who comes as several visitors. `link`, `touch`, `want`, `answered` and
 * `dismissed` go from the visitor's partition to the customer's, `grant` and `pass` back.
 */
export type Told =
  /** The visitor is this customer, with all that binds asks since before. */
  | { readonly op: 'link'; readonly bounds: Bounds }
  /** The visitor is there. */
  | { readonly op: 'touch' }
  /** May it be asked? */
  | ({ readonly op: 'want' } & Wanted)
  /** It may. */
  | ({ readonly op: 'grant' } & Wanted)
  | { readonly op: 'answered' }
  | { readonly op: 'dismissed' }
  /** An ask that was put to the customer itself, who is now here, and answers that it has not seen. */
  | {
      readonly op: 'pass'
      readonly ask: (Wanted & { readonly until: number }) | null
      readonly replies: readonly PendingReply[]
    }

/** An ask before it is put. */
export interface Wanted {
  readonly rule: string
  readonly touchpoint: string
  readonly chanceClass: number
  readonly isFloor: boolean
}

/** One message, with the words of both hashes. */
export interface Letter {
  readonly number: number
  /** ms since 1970 */
  readonly at: number
  readonly visitor: readonly [hi: number, lo: number]
  readonly person: readonly [hi: number, lo: number]
  readonly told: Told
}

/** Without these a person would be asked too soon. */
const BINDING: ReadonlySet<Told['op']> = new Set(['answered', 'dismissed'])
const TO_VISITOR: ReadonlySet<Told['op']> = new Set(['grant', 'pass'])

/** Low word of the hash that the letter goes to: its partition is that of all its records. */
export const addressee = ({ visitor, person, told }: Letter): number =>
  TO_VISITOR.has(told.op) ? visitor[1] : person[1]

/**
 * What this partition has to tell others, numbered, until it is known to be in their logs. It is part of the state, so
 * that a crash forgets nothing; a partition takes a number of another only once, so that a repeat does nothing.
 */
export class Outbox {
  /** The number that was given last. */
  number = 0
  letters: Letter[] = []

  /** Whether there was room: without it asks are not put. What came of an ask has always room, or it came to nothing. */
  put(at: number, visitor: readonly [number, number], person: readonly [number, number], told: Told): boolean {
    if (this.letters.length >= OUTBOX && !BINDING.has(told.op)) return false
    this.letters.push({ number: ++this.number, at, visitor, person, told })
    return true
  }

  after(number: number): Letter[] {
    return this.letters.filter(letter => letter.number > number)
  }

  /** All up to this number are stored where they belong. */
  handed(number: number): void {
    let n = 0
    while (n < this.letters.length && (this.letters[n] as Letter).number <= number) n++
    if (n > 0) this.letters.splice(0, n)
  }

  /** Forgets whatever names somebody. */
  erase(hi: number, lo: number): void {
    const names = ([a, b]: readonly [number, number]): boolean => a === hi && b === lo
    this.letters = this.letters.filter(({ visitor, person }) => !names(visitor) && !names(person))
  }
}

const TOLD_JSON = 40

/** A letter as it stands in the record at `at`; see record.ts. */
export function readLetter(view: DataView, entry: Uint8Array, at: number): { source: number; letter: Letter } {
  const end = at + view.getUint32(at, true)
  return {
    source: view.getUint16(at + 6, true),
    letter: {
      number: view.getFloat64(at + 8, true),
      at: view.getFloat64(at + 16, true),
      visitor: [view.getInt32(at + 24, true), view.getInt32(at + 28, true)],
      person: [view.getInt32(at + 32, true), view.getInt32(at + 36, true)],
      told: JSON.parse(decodeUtf8(entry, at + TOLD_JSON, end - at - TOLD_JSON)) as Told,
    },
  }
}
