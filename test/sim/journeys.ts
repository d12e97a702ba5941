import { type KINDS, SCALE_LEVELS, SCALES, SEQ_WINDOW } from '@pulssi/protocol/client'
import type { EventItem } from '../recount/index.js'
import type { Random } from './random.js'
import { Cap, CHANNELS, type World } from './world.js'

/** An event as its visitor made it, before anything happened to it on its way. */
export type Made = Omit<EventItem, 'type' | 'receivedAt' | 'refused'>

const SIGNALS = ['rage', 'dead', 'error', 'slow', 'back', 'form', 'own-signal'] as const
const KIND_WEIGHTS: Record<(typeof KINDS)[number], number> = {
  enter: 50,
  leave: 12,
  goal: 5,
  feedback: 14,
  answer: 3,
  signal: 10,
  link: 3,
  ask: 3,
}
const GAPS = { none: 6, short: 68, edge: 6, long: 14, horizon: 6 } as const
const STREAM_CHANGE = 0.25
const SEQ_JUMP = 0.01
const COMMENTS = 0.3
const WIDE_SEQ_JUMP = 0.004
const WIDEST_JUMP = 2_000
const TOO_FAR = 0.004
/** Beyond 65,536 wherever the wide jumps may have brought the stream. */
const FAR_AHEAD = 200_000
const BOT_SHARE = 0.04
const PAGE_SHARE = 0.2
const CROWD_SHARE = 0.06

/** All that the visitors of a run do, visitor by visitor, each in its own order. */
export const makeJourneys = (random: Random, world: World): Made[][] => {
  if (world.cap !== Cap.none) return crowdedJourneys(random, world)
  const visitors = random.int(5, 14)
  const each = Math.ceil(random.int(300, 400) / visitors)
  // Apart by a few visits, so that journeys overlap whatever the pace of the run is.
  const apart = world.config.idleMs * random.int(1, 10)
  const journeys = Array.from({ length: visitors }, (_, i) => {
    const beginsAt = world.startsAt + Math.floor(random.next() * apart)
    return new Visitor(random.fork(), world, `v${i}`, beginsAt).makes(each)
  })
  if (random.chance(CROWD_SHARE)) journeys.push(...crowd(random, world, journeys))
  return journeys
}

/** Many who come once, to where distinct visitors are no longer counted one by one. */
const crowd = (random: Random, world: World, journeys: Made[][]): Made[][] => {
  const lastAt = Math.max(...journeys.flat().map(made => made.at))
  const busiest = random.pick(world.touchpoints)
  return Array.from({ length: random.int(320, 450) }, (_, i) => {
    const at = Math.max(world.startsAt, lastAt - Math.floor(random.next() * world.config.idleMs))
    return new Visitor(random.fork(), world, `c${i}`, at).passes(i % 8 === 0 ? random.pick(world.touchpoints) : busiest)
  })
}

/** Visitors that meet every touchpoint of the world in turn; where successors are to be many, each from the first. */
const crowdedJourneys = (random: Random, world: World): Made[][] => {
  const visitors = random.int(5, 8)
  const names = world.touchpoints.flatMap(name => (world.cap === Cap.successors ? ['crowd.t0', name] : [name]))
  const journeys = Array.from({ length: visitors }, (_, i) => {
    return new Visitor(random.fork(), world, `v${i}`, world.startsAt)
  })
  const made: Made[][] = journeys.map(() => [])
  names.forEach((name, i) => {
    const at = (world.cap === Cap.successors ? i >> 1 : i) % visitors
    made[at]?.push(...(journeys[at] as Visitor).passes(name))
  })
  return made
}

class Visitor {
  readonly #random: Random
  readonly #world: World
  readonly #id: string
  readonly #page: boolean
  readonly #bot: boolean
  readonly #streams: { readonly id: string; next: number }[]
  #stream = 0
  #jumped = false
  #at: number
  #touchpoint: string

  constructor(random: Random, world: World, id: string, beginsAt: number) {
    this.#random = random
    this.#world = world
    this.#id = id
    this.#page = random.chance(PAGE_SHARE)
    this.#bot = random.chance(BOT_SHARE)
    this.#streams = Array.from({ length: random.int(2, 4) }, (_, i) => ({ id: `${id}-s${i}`, next: 0 }))
    this.#at = beginsAt
    this.#touchpoint = random.pick(world.touchpoints)
  }

  makes(count: number): Made[] {
    const made: Made[] = []
    while (made.length < count) {
      this.#at += this.#gap()
      if (this.#random.chance(0.4)) this.#touchpoint = this.#random.pick(this.#world.touchpoints)
      made.push(this.#event(this.#random.weighted(KIND_WEIGHTS)))
      if (this.#random.chance(TOO_FAR)) made.push(this.#tooFar())
      if (this.#jumped) made.push(...this.#atTheEdge())
    }
    return made
  }

  /** Enters a touchpoint, and sometimes does something there. */
  passes(touchpoint: string): Made[] {
    this.#at += this.#random.int(1, Math.max(1, this.#world.config.idleMs >> 4))
    this.#touchpoint = touchpoint
    const enters = this.#event('enter')
    return this.#random.chance(0.1) ? [enters, this.#event(this.#random.weighted(KIND_WEIGHTS))] : [enters]
  }

  #gap(): number {
    const { idleMs, graceMs, horizonMs } = this.#world.config
    const { grainMs } = this.#world
    const random = this.#random
    const ms = (() => {
      switch (random.weighted(GAPS)) {
        case 'none':
          return 0
        case 'short':
          return random.magnitude(1, Math.max(2, idleMs / 2))
        case 'edge':
          return (
            random.pick([idleMs, graceMs, horizonMs, idleMs + horizonMs]) + random.pick([-grainMs, 0, 0, grainMs, 1])
          )
        case 'long':
          return idleMs * (1 + 2 * random.next())
        case 'horizon':
          return idleMs + horizonMs * (0.3 + 1.2 * random.next())
      }
    })()
    return Math.max(0, Math.round(ms / grainMs) * grainMs)
  }

  #event(kind: (typeof KINDS)[number]): Made {
    const random = this.#random
    const scale = kind === 'feedback' ? random.pick(SCALES) : null
    const named = kind === 'link' ? random.chance(0.5) : true
    return {
      visitor: this.#id,
      ...this.#numbered(),
      at: this.#at,
      kind,
      touchpoint: named ? this.#touchpoint : null,
      channel: named && random.chance(0.6) ? random.pick(CHANNELS.slice(0, random.int(1, CHANNELS.length))) : null,
      scale,
      level: scale === null ? null : random.int(0, SCALE_LEVELS[scale].count - 1),
      name: kind === 'signal' ? random.pick(SIGNALS) : null,
      comment: (scale !== null || kind === 'answer') && random.chance(COMMENTS) ? `said ${random.int(0, 1e6)}` : null,
      page: this.#page,
      bot: this.#bot,
    }
  }

  #numbered(): { stream: string | null; seq: number | null } {
    const random = this.#random
    if (random.chance(0.02)) return { stream: null, seq: null }
    if (random.chance(STREAM_CHANGE)) this.#stream = random.int(0, this.#streams.length - 1)
    const stream = this.#streams[this.#stream] as { id: string; next: number }
    if (random.chance(SEQ_JUMP)) stream.next += random.int(1, 4)
    this.#jumped = random.chance(WIDE_SEQ_JUMP)
    if (this.#jumped) stream.next += random.int(250, WIDEST_JUMP)
    return { stream: stream.id, seq: stream.next++ }
  }

  /** After a wide jump: seqs from the hole behind it, around the last one that may still come. */
  #atTheEdge(): Made[] {
    this.#jumped = false
    const stream = this.#streams[this.#stream] as { id: string; next: number }
    const jumpedTo = stream.next - 1
    const behind = [SEQ_WINDOW + 1, SEQ_WINDOW, SEQ_WINDOW - 1].filter(by => by <= jumpedTo)
    return behind.map(by => ({ ...this.#event('link'), stream: stream.id, seq: jumpedTo - by }))
  }

  #tooFar(): Made {
    const stream = this.#streams[this.#stream] as { id: string; next: number }
    return { ...this.#event('enter'), stream: stream.id, seq: stream.next + FAR_AHEAD }
  }
}
