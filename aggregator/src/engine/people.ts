import type { ByteWriter } from './bytes.js'
import { PEOPLE, REPLIES } from './limits.js'

/** An ask that was put to a visitor and has no end yet. */
export interface Pending {
  readonly number: number
  /** The rule's id. */
  readonly rule: string
  readonly place: number
  /** Index into ASK_FORMS, and how many options there are. */
  readonly form: number
  readonly options: number
  readonly reason: boolean
  /** An answer is taken until then, ms since 1970. */
  readonly until: number
  /** By what chance it was put: 2^−class; −1 where no chance decided. */
  readonly chanceClass: number
  /** Whether the floor alone would have put it. */
  readonly isFloor: boolean
  readonly isShown: boolean
}

/** An answer to the visitor's comment that it may not have seen yet. */
export interface PendingReply {
  readonly id: string
  readonly touchpoint: string
  readonly text: string
  readonly until: number
}

/** What binds whoever would ask somebody. Times in ms since 1970, 0: never. */
export interface Bounds {
  /** Somebody was asked since the last long silence. */
  isAsked: boolean
  heardAt: number
  askedAt: number
  answeredAt: number
  dismissedAt: number
  /** Dismissals since the last answer. */
  dismissals: number
}

/** A visitor that was asked, answered or is linked, or a customer that others are linked to. */
export interface Person extends Bounds {
  readonly row: number
  readonly hi: number
  readonly lo: number
  /** The customer that this visitor is; both 0: nobody else. */
  personHi: number
  personLo: number
  /** Other partitions tell of visits of this person, now and then. */
  isTold: boolean
  /** When the customer's partition was told of a visit last. */
  toldAt: number
  /** When the customer's partition was asked whether it may be asked; 0: it answered. */
  wantedAt: number
  /** Of the stream that was heard last. */
  streamHi: number
  streamLo: number
  pending: Pending | null
  replies: readonly PendingReply[]
}

const keyOf = (hi: number, lo: number): string => `${hi | 0} ${lo | 0}`
export const PEOPLE_BLOCK_ROWS = 256

/** The few among the visitors of whom more must be remembered, and for longer, than what visits need. */
export class People {
  readonly rows: (Person | null)[] = []
  readonly #index = new Map<string, number>()
  readonly #free: number[] = []
  /** Told of a row before anything in it may change: an image is being taken. */
  keeper: ((row: number) => void) | null = null

  get count(): number {
    return this.#index.size
  }

  find(hi: number, lo: number): Person | null {
    const row = this.#index.get(keyOf(hi, lo))
    return row === undefined ? null : (this.rows[row] as Person)
  }

  /** null: there is no room for one more. */
  of(hi: number, lo: number): Person | null {
    const known = this.find(hi, lo)
    if (known !== null || this.count >= PEOPLE) return known
    const row = this.#free.pop() ?? this.rows.length
    const person = nobody(row, hi | 0, lo | 0)
    this.keeper?.(row)
    this.rows[row] = person
    this.#index.set(keyOf(hi, lo), row)
    return person
  }

  /** Call before anything of a person changes. */
  touch(person: Person): Person {
    this.keeper?.(person.row)
    return person
  }

  remove(person: Person): void {
    this.keeper?.(person.row)
    this.rows[person.row] = null
    this.#free.push(person.row)
    this.#index.delete(keyOf(person.hi, person.lo))
  }

  *[Symbol.iterator](): Generator<Person> {
    for (const person of this.rows) if (person !== null) yield person
  }

  /** Rows as JSON: few in number, and none of them on the path of an event. */
  writeBlock(out: ByteWriter, block: number, rows: number): void {
    const first = block * PEOPLE_BLOCK_ROWS
    out.utf8(JSON.stringify(this.rows.slice(first, Math.min(first + PEOPLE_BLOCK_ROWS, rows))))
  }

  /** What `writeBlock` wrote; blocks may come in any order, `index` when all are there. */
  readBlock(json: string, block: number): void {
    for (const [i, person] of (JSON.parse(json) as (Person | null)[]).entries()) {
      this.rows[block * PEOPLE_BLOCK_ROWS + i] = person
    }
  }

  index(): void {
    for (const [row, person] of this.rows.entries()) {
      if (person === null) this.#free.push(row)
      else this.#index.set(keyOf(person.hi, person.lo), row)
    }
  }
}

const nobody = (row: number, hi: number, lo: number): Person => ({
  row,
  hi,
  lo,
  personHi: 0,
  personLo: 0,
  isTold: false,
  toldAt: 0,
  wantedAt: 0,
  streamHi: 0,
  streamLo: 0,
  isAsked: false,
  heardAt: 0,
  askedAt: 0,
  answeredAt: 0,
  dismissedAt: 0,
  dismissals: 0,
  pending: null,
  replies: [],
})

export const isLinked = ({ personHi, personLo }: Person): boolean => personHi !== 0 || personLo !== 0

/** The newest answers alone wait to be seen. */
export const withReply = (replies: readonly PendingReply[], reply: PendingReply): readonly PendingReply[] =>
  [...replies.filter(({ id }) => id !== reply.id), reply].slice(-REPLIES)
