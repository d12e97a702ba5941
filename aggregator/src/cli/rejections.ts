import { type EventRefusal, type NormalEvent, type Refusal, refusalName, refusalText } from '@pulssi/protocol'
import { complain, type Io } from './io.js'

/** Rejected lines named one by one; the others are only counted. */
export const NAMED_REJECTIONS = 20

/** Counts what was rejected and names the first of it on stderr. */
export class Rejections {
  readonly #io: Io
  #count = 0

  constructor(io: Io) {
    this.#io = io
  }

  get count(): number {
    return this.#count
  }

  /** `where`: `line 12`, or whatever tells which event it is. An ack brings no message: then the code's own. */
  add(where: string, code: Refusal, message: string): void {
    if (this.#count++ >= NAMED_REJECTIONS) return
    complain(this.#io, `${where}: ${refusalName(code)}: ${message || refusalText(code)}`)
  }

  /** Says how many were not named. */
  end(): void {
    const more = this.#count - NAMED_REJECTIONS
    if (more > 0) complain(this.#io, `and ${more} more, ${this.#count} rejected in all`)
  }
}

export const isRefusal = (judged: NormalEvent | EventRefusal): judged is EventRefusal => 'code' in judged
