import { Frame, type ServerFrame } from '@pulssi/protocol'
import type { Words } from '../asks/index.js'
import { prepareFrame } from '../board/index.js'
import { IdHash, readSayingId, type Saying } from '../engine/index.js'
import { type Tally, Unsaid } from '../metrics/index.js'
import type { Clock } from '../ports.js'
import type { Role } from './admit.js'
import type { Outlet } from './subscriptions.js'

/** What was decided longer ago is not said to a page any more: it is another moment there. */
export const FRESH_MS = 1_000
/** How far another machine's clock may be ahead of ours. */
export const SKEW_MS = 30_000

export interface PagesOptions {
  /** Of the ids' hashes. */
  readonly key: readonly [number, number]
  readonly words: Words
  readonly clock: Clock
  readonly tally: Pick<Tally, 'said' | 'unsaid'>
}

/** The pages that are connected here, by who is on them, and what engines have to say to them. */
export class Pages {
  readonly #options: PagesOptions
  readonly #hash: IdHash
  readonly #outlets = new Map<string, Outlet>()

  constructor(options: PagesOptions) {
    this.#options = options
    this.#hash = new IdHash(options.key)
  }

  get size(): number {
    return this.#outlets.size
  }

  /** Somebody is there; the newest connection of a page stands for it, and a service is none. Returns its leave. */
  enter({ writer, rights }: Pick<Role, 'writer' | 'rights'>, outlet: Outlet): () => void {
    const { visitor = null, stream = null } = writer ?? {}
    if (rights?.kind !== 'page' || visitor === null || stream === null) return () => {}
    const { hi, lo } = this.#hash.of(visitor)
    const key = keyOf(hi, lo, this.#hash.of(stream))
    this.#outlets.set(key, outlet)
    return () => {
      if (this.#outlets.get(key) === outlet) this.#outlets.delete(key)
    }
  }

  /** Says each to the page that it is for, if that is here; all gateways of a cluster hear all. */
  tell(sayings: readonly Saying[]): void {
    for (const saying of sayings) this.#tell(saying)
  }

  #tell(saying: Saying): void {
    const { clock, tally } = this.#options
    const { visitorHi, visitorLo, streamHi, streamLo } = saying
    const outlet = this.#outlets.get(keyOf(visitorHi, visitorLo, { hi: streamHi, lo: streamLo }))
    if (outlet === undefined) return tally.unsaid.add(Unsaid.absent)
    const ageMs = clock.now() - saying.at
    if (!(ageMs <= FRESH_MS && ageMs >= -SKEW_MS)) return tally.unsaid.add(Unsaid.late)
    if (outlet.congested) return tally.unsaid.add(Unsaid.congested)
    const frame = this.#frameOf(saying)
    if (frame === null) return tally.unsaid.add(Unsaid.wordless)
    outlet.write(prepareFrame(frame))
    tally.said.add(frame[0])
  }

  #frameOf({ kind, id, touchpoint, text, validMs }: Saying): ServerFrame | null {
    if (kind === 'reply') return [Frame.reply, id, touchpoint, text, validMs]
    const { words } = this.#options
    const rule = readSayingId(id)?.rule
    if (rule === undefined) return null
    return kind === 'ask'
      ? words.askFrame(rule, id, touchpoint, validMs)
      : words.nudgeFrame(rule, id, touchpoint, validMs)
  }
}

/** Words of hashes, signed or not. */
const keyOf = (hi: number, lo: number, stream: { readonly hi: number; readonly lo: number }): string =>
  `${hi | 0} ${lo | 0} ${stream.hi | 0} ${stream.lo | 0}`
