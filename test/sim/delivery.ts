import type { EraseItem, EventItem, LogItem } from '../recount/index.js'
import type { Made } from './journeys.js'
import type { Random } from './random.js'
import { Cap, type World } from './world.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const FEWEST_EVENTS = 210
const TOO_LATE_EDGE = 0.001
/** Runs in which somebody is erased; each visitor's chance there, and that of a second time. */
const ERASING_SHARE = 0.3
const ERASED = 0.25
const ERASED_AGAIN = 0.4
const MOST_ERASING = 40

interface Sent {
  readonly event: EventItem
  readonly arrivesAt: number
}

interface Erased {
  readonly item: EraseItem
  readonly arrivesAt: number
}

/** How badly events travel in one run; probabilities an event unless said otherwise. */
interface Road {
  readonly lost: number
  readonly straggling: number
  readonly repeated: number
  readonly backDated: number
  readonly tooLate: number
  readonly ahead: number
  readonly refused: number
  /** Of a visitor. */
  readonly offline: number
  readonly skewMs: number
  /** Something that a run does or does not have: all clocks leap by this at `leapsAt`. 0: never. */
  readonly leapMs: number
  readonly leapsAt: number
  /** Nothing may arrive much older than the clock where the clock is the events' own. */
  readonly mildMs: number
}

/** Sends what the visitors made over a bad road and writes down the log as it comes in, with ticks. */
export const deliver = (random: Random, world: World, journeys: readonly Made[][]): LogItem[] => {
  const road = randomRoad(random, world, journeys)
  const sent = journeys.flatMap(made => travel(random, world, road, made))
  const inOrder = sent
    .map((s, order) => ({ ...s, order }))
    .sort((a, b) => a.arrivesAt - b.arrivesAt || a.order - b.order)
  // A run that ends in the midst of it leaves visits open and the short windows full.
  const ends = world.cap === Cap.none && random.chance(0.6) ? random.int(FEWEST_EVENTS, inOrder.length) : inOrder.length
  const taken = inOrder.slice(0, Math.max(ends, FEWEST_EVENTS))
  return withTicks(random, world, road, taken, erasures(random, world, taken))
}

/** Some visitors ask to be forgotten, and some of these ask again, because they heard no ack. In order of arrival. */
const erasures = (random: Random, world: World, sent: readonly Sent[]): Erased[] => {
  if (!random.chance(ERASING_SHARE)) return []
  const visitors = [...new Set(sent.map(({ event }) => event.visitor))].slice(0, MOST_ERASING)
  const asked = visitors.flatMap(visitor => {
    if (!random.chance(ERASED)) return []
    const first = random.pick(sent).arrivesAt + random.int(0, SECOND)
    const again = random.chance(ERASED_AGAIN) ? [first + random.magnitude(1, world.config.idleMs)] : []
    return [first, ...again].map(arrivesAt => {
      const noise: [number, number] = [random.int(0, 2 ** 32 - 1), random.int(0, 2 ** 32 - 1)]
      return { item: { type: 'erase' as const, visitor, at: world.dataClock ? 0 : arrivesAt, noise }, arrivesAt }
    })
  })
  return asked.sort((a, b) => a.arrivesAt - b.arrivesAt)
}

const randomRoad = (random: Random, world: World, journeys: readonly Made[][]): Road => {
  const some = (probability: number, most: number) => (random.chance(probability) ? random.next() * most : 0)
  const times = journeys.flat().map(made => made.at)
  const first = Math.min(...times)
  const last = Math.max(...times)
  const capped = world.cap !== Cap.none
  return {
    lost: some(capped ? 0 : 0.7, 0.06),
    straggling: some(0.8, 0.15),
    repeated: some(0.8, 0.1),
    backDated: some(0.6, 0.06),
    tooLate: world.dataClock ? 0 : some(0.4, 0.02),
    ahead: some(0.5, 0.04),
    refused: some(0.6, 0.05),
    offline: some(0.9, 1),
    skewMs: random.pick([0, 0, 300]),
    leapMs: !capped && random.chance(0.15) ? random.int(1, 60) * HOUR : 0,
    leapsAt: first + Math.floor((0.3 + 0.6 * random.next()) * (last - first)),
    mildMs: world.dataClock ? 8 * HOUR : 40 * HOUR,
  }
}

/** What happens to one visitor's events. */
const travel = (random: Random, world: World, road: Road, made: readonly Made[]): Sent[] => {
  const offline = random.chance(road.offline) ? darkness(random, world, road, made) : null
  const sent: Sent[] = []
  for (const event of made) {
    if (random.chance(road.lost)) continue
    let arrivesAt = event.at + (random.chance(0.5) ? random.int(0, 2 * SECOND) : 0)
    if (offline && event.at >= offline.from && event.at < offline.to) arrivesAt = offline.to
    if (random.chance(road.straggling)) arrivesAt += random.magnitude(SECOND, 2 * HOUR)
    const refused = random.chance(road.refused)
    const at = dated(random, world, road, event.at)
    sent.push(leapt(world, road, { ...event, at, refused }, event.at, arrivesAt, random))
    while (random.chance(road.repeated)) {
      const again = arrivesAt + random.magnitude(1, random.pick([SECOND, MINUTE, 3 * HOUR]))
      sent.push(leapt(world, road, { ...event, at, refused }, event.at, again, random))
    }
  }
  return sent
}

/** A stretch without a connection, after which everything comes at once. */
const darkness = (random: Random, world: World, road: Road, made: readonly Made[]) => {
  const from = random.pick(made).at
  const lasts = Math.min(road.mildMs, world.config.idleMs * (0.3 + 6 * random.next()))
  return { from, to: from + Math.round(lasts) }
}

/** The client's clock, right or wrong. */
const dated = (random: Random, world: World, road: Road, at: number): number => {
  const earlier = (least: number, most: number) => Math.max(0, at - random.magnitude(least, most))
  if (random.chance(road.tooLate)) return earlier(24 * HOUR, 90 * HOUR)
  if (random.chance(road.backDated)) return earlier(SECOND, world.dataClock ? road.mildMs : 23 * HOUR)
  // With the data clock a time ahead would be the clock itself, and everything after it old.
  if (!world.dataClock && random.chance(road.ahead)) return at + random.magnitude(1, HOUR)
  return at
}

const leapt = (
  world: World,
  road: Road,
  event: Omit<EventItem, 'type' | 'receivedAt'>,
  madeAt: number,
  arrivesAt: number,
  random: Random,
): Sent => {
  const madeAfter = madeAt >= road.leapsAt
  // Where the clock is the events' own nothing crosses the leap: it would be older than any visitor is remembered.
  const arrives = world.dataClock && !madeAfter ? Math.min(arrivesAt, road.leapsAt - 1) : arrivesAt
  const leap = (time: number) => (time >= road.leapsAt ? road.leapMs : 0)
  const at = event.at + (madeAfter ? road.leapMs : 0)
  const arrivedAt = arrives + leap(arrives)
  const receivedAt = world.dataClock ? at : arrivedAt + random.int(-road.skewMs, road.skewMs)
  // The last moment that is not too late, and the first that is.
  const edge = !world.dataClock && random.chance(TOO_LATE_EDGE) ? receivedAt - 24 * HOUR - random.int(0, 1) : at
  return { event: { ...event, type: 'event', at: edge, receivedAt }, arrivesAt: arrivedAt }
}

/** Ticks between the events; with even clocks one before each event, to its receive time. */
const withTicks = (
  random: Random,
  world: World,
  road: Road,
  sent: readonly Sent[],
  erased: readonly Erased[],
): LogItem[] => {
  const items: LogItem[] = []
  const waiting = [...erased]
  const tickShare = random.pick([0.02, 0.1, 0.3])
  let previous = sent[0]?.arrivesAt ?? world.startsAt
  // The greatest `at` accepted so far is what a tick carries with the data clock.
  let greatest = 0
  let newest = 0
  for (const { event, arrivesAt } of sent) {
    for (let next = waiting[0]; next !== undefined && next.arrivesAt <= arrivesAt; next = waiting[0]) {
      if (world.evenClocks) items.push({ type: 'tick', at: next.item.at })
      items.push(next.item)
      waiting.shift()
    }
    if (random.chance(tickShare)) {
      const between = previous + Math.floor(random.next() * (arrivesAt - previous))
      const slow = random.chance(0.1) ? random.int(0, 5 * SECOND) : 0
      if (!world.dataClock) items.push({ type: 'tick', at: between - slow })
      else if (greatest > 0) items.push({ type: 'tick', at: greatest })
    }
    if (world.evenClocks && moves(event)) items.push({ type: 'tick', at: event.receivedAt })
    if (random.chance(0.002)) items.push({ type: 'refuse', count: random.int(1, 4) })
    items.push(event)
    previous = arrivesAt
    if (moves(event)) greatest = Math.max(greatest, event.at)
    newest = Math.max(newest, event.receivedAt, arrivesAt)
  }
  const { idleMs } = world.config
  const rests = random.pick([0, SECOND, 30 * SECOND, 5 * MINUTE, idleMs, idleMs + 1, 20 * MINUTE, 90 * MINUTE])
  items.push({ type: 'tick', at: world.dataClock ? greatest : newest + rests })
  if (road.leapMs > 0 && !world.dataClock && random.chance(0.2)) items.push({ type: 'tick', at: newest + rests + HOUR })
  return items
}

/** Whether its receive time moves the clock, as far as its sender can tell. */
const moves = (event: EventItem): boolean => !event.refused && !event.bot && (event.seq ?? 0) < 100_000
