import { Close, Fault, Frame, Refusal } from '@pulssi/protocol'

/** Close codes that come without a close frame, or from ws itself (RFC 6455, section 7.4.1). */
const OTHER_CLOSES = { noStatus: 1005, abnormal: 1006, invalidPayload: 1007, policy: 1008 }
const OTHER = 'other'

/** Numbers by name, for a fixed list of codes; what is not on it counts as `other`, so that no label comes from outside. */
export class Counts {
  readonly #names: ReadonlyMap<number, string>
  readonly #counts = new Map<string, number>()

  constructor(codes: Readonly<Record<string, number>>) {
    this.#names = new Map(Object.entries(codes).map(([name, code]) => [code, name]))
    for (const name of this.#names.values()) this.#counts.set(name, 0)
  }

  add(code: number, count = 1): void {
    const name = this.#names.get(code) ?? OTHER
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count)
  }

  entries(): Iterable<readonly [name: string, count: number]> {
    return this.#counts
  }
}

const CLIENT_FRAMES = {
  hello: Frame.hello,
  batch: Frame.batch,
  subscribe: Frame.subscribe,
  unsubscribe: Frame.unsubscribe,
  auth: Frame.auth,
  forget: Frame.forget,
} as const
const SAID = { ask: Frame.ask, nudge: Frame.nudge, reply: Frame.reply } as const
/**
 * Why a page was not told: it was decided too long ago; no connection of this gateway is the page's; the connection is
 * too slow; the configuration has no words for it any more.
 */
export const Unsaid = { late: 1, absent: 2, congested: 3, wordless: 4 } as const
export type Unsaid = (typeof Unsaid)[keyof typeof Unsaid]
/** Whose comments were too many. */
export const LeftOut = { address: 1, visitor: 2 } as const
export type LeftOut = (typeof LeftOut)[keyof typeof LeftOut]
/** Types of client frames lie below this. */
const TYPES = 64

/**
 * What the gateway counts of itself since it started: plain numbers, which cost next to nothing where every frame
 * passes. They are made into metrics only when somebody asks.
 */
export class Tally {
  /** Frames that were understood, by type. */
  readonly #frames = new Float64Array(TYPES)
  /** Frames that broke the grammar, and text frames. */
  brokenFrames = 0
  opened = 0
  readonly closes = new Counts({ ...Close, ...Fault, ...OTHER_CLOSES })
  /** Frames and requests that were not taken for now. */
  readonly notTaken = new Counts({ rateLimited: Fault.rateLimited, overloaded: Fault.overloaded })
  readonly refusedEvents = new Counts(Refusal)
  /** HTTP answers by status class: 200 stands for all of 2xx. */
  readonly answers = new Counts({ '2xx': 200, '3xx': 300, '4xx': 400, '5xx': 500 })
  /** Requests with an X-Forwarded-For from a peer that is not a trusted proxy. */
  untrustedForwards = 0
  /** What pages were told of the engines' sayings, and what they were not, by why. */
  readonly said = new Counts(SAID)
  readonly unsaid = new Counts(Unsaid)
  /** Comments that were left out of their answers. */
  readonly leftOut = new Counts(LeftOut)
  /** Answers to comments that were taken. */
  replies = 0

  frame(type: number): void {
    this.#frames[type] = (this.#frames[type] ?? 0) + 1
  }

  answered(status: number): void {
    this.answers.add(status - (status % 100))
  }

  *frames(): Iterable<readonly [name: string, count: number]> {
    for (const [name, type] of Object.entries(CLIENT_FRAMES)) yield [name, this.#frames[type] ?? 0]
    yield ['broken', this.brokenFrames]
  }
}
