import { Random } from '../sim/random.js'
import {
  AWAY_LEAST_MS,
  AWAY_MS,
  DAY_MS,
  DROP_LEAST,
  DROP_MOST,
  DROP_MS,
  HOUR_MS,
  MOOD_LEAST,
  MOOD_MOST,
  MOST_TOUCHPOINTS,
  PERSON_SPREAD,
  RETURNS,
  SIGN_IN,
  STAY_LEAST_MS,
  STAY_MS,
  SWAY,
  type Terms,
  TWO_DEVICES,
  VISIT_SPREAD,
} from './limits.js'
import { Traffic } from './traffic.js'

/** One customer at one touchpoint. What is drawn here is the same whatever the policy does. */
export interface Visit {
  /** ms since the run's beginning */
  readonly at: number
  readonly person: number
  /** 0 or 1 */
  readonly device: number
  /** The first on this device of a customer who signs in there. */
  readonly signsIn: boolean
  readonly touchpoint: number
  /** −1 to 1 */
  readonly opinion: number
  /** From 0 to 1: what chance says of asking, of answering, of speaking unasked. */
  readonly askDraw: number
  readonly answerDraw: number
  readonly unaskedDraw: number
}

export interface Drop {
  readonly touchpoint: number
  readonly from: number
  readonly until: number
  readonly by: number
}

export interface World {
  readonly seed: number
  readonly terms: Terms
  /** By time. */
  readonly visits: readonly Visit[]
  readonly drops: readonly Drop[]
  /** From here on figures are judged, ms. */
  readonly judgedFrom: number
  readonly endsAt: number
}

/** Long enough before the run that nobody who came first then comes back in it. */
const LEAD_MS = 12 * DAY_MS

/** The whole world of a seed: nothing else has a part in it. */
export const makeWorld = (seed: number, terms: Terms): World => {
  const random = new Random(seed)
  const endsAt = terms.days * DAY_MS
  const judgedFrom = terms.daysBefore * DAY_MS
  const moods = makeMoods(random.fork(), terms)
  const drops = makeDrops(random.fork(), terms, judgedFrom, endsAt)
  const moodAt = (touchpoint: number, at: number): number => {
    const broken = drops.find(drop => drop.touchpoint === touchpoint && at >= drop.from && at < drop.until)
    return moods(touchpoint, at) - (broken?.by ?? 0)
  }
  const visits = makeVisits(random.fork(), terms, endsAt, moodAt).sort((a, b) => a.at - b.at)
  return { seed, terms, visits, drops, judgedFrom, endsAt }
}

const makeMoods = (random: Random, { touchpoints }: Terms) => {
  const own = Array.from({ length: touchpoints }, () => ({
    mood: MOOD_LEAST + random.next() * (MOOD_MOST - MOOD_LEAST),
    phase: random.next() * 2 * Math.PI,
  }))
  return (touchpoint: number, at: number): number => {
    const { mood, phase } = own[touchpoint] as { mood: number; phase: number }
    return mood + SWAY * Math.sin((2 * Math.PI * at) / DAY_MS + phase)
  }
}

/** At touchpoints of their own, the whole drop and an hour after it within the time judged. */
const makeDrops = (random: Random, { touchpoints, drops }: Terms, judgedFrom: number, endsAt: number): Drop[] => {
  const where = random.shuffled(Array.from({ length: touchpoints }, (_, i) => i)).slice(0, drops)
  const room = Math.max(0, endsAt - judgedFrom - DROP_MS - 2 * HOUR_MS)
  return where.map(touchpoint => {
    const from = judgedFrom + HOUR_MS + Math.floor(random.next() * room)
    const by = DROP_LEAST + random.next() * (DROP_MOST - DROP_LEAST)
    return { touchpoint, from, until: Math.min(endsAt, from + DROP_MS), by }
  })
}

type MoodAt = (touchpoint: number, at: number) => number

const makeVisits = (random: Random, terms: Terms, endsAt: number, moodAt: MoodAt): Visit[] => {
  const visits: Visit[] = []
  const traffic = new Traffic(terms.touchpoints)
  const perPerson = (1 / (1 - RETURNS)) * ((1 + MOST_TOUCHPOINTS) / 2)
  const personsPerMs = terms.visitsPerHour / HOUR_MS / perPerson
  let first = -LEAD_MS
  for (let person = 0; ; person++) {
    first += spread(random, 1 / personsPerMs)
    if (first >= endsAt) return visits
    live(random.fork(), { person, first, endsAt, traffic, moodAt }, visits)
  }
}

interface Life {
  readonly person: number
  readonly first: number
  readonly endsAt: number
  readonly traffic: Traffic
  readonly moodAt: MoodAt
}

/** All of one customer's visits. */
const live = (random: Random, { person, first, endsAt, traffic, moodAt }: Life, visits: Visit[]): void => {
  const offset = PERSON_SPREAD * normal(random)
  const devices = random.chance(TWO_DEVICES) ? 2 : 1
  const isKnown = devices === 2 && random.chance(SIGN_IN)
  const seen = new Set<number>()
  let at = first
  do {
    const device = random.int(0, devices - 1)
    let touchpoint = -1
    for (let left = random.int(1, MOST_TOUCHPOINTS); left > 0; left--) {
      touchpoint = traffic.next(random.next(), touchpoint)
      const opinion = moodAt(touchpoint, at) + offset + VISIT_SPREAD * normal(random)
      const draws = { askDraw: random.next(), answerDraw: random.next(), unaskedDraw: random.next() }
      const time = Math.floor(at)
      if (time >= 0 && time < endsAt) {
        const signsIn = isKnown && !seen.has(device)
        seen.add(device)
        visits.push({ at: time, person, device, signsIn, touchpoint, opinion: clipped(opinion), ...draws })
      }
      at += STAY_LEAST_MS + spread(random, STAY_MS)
    }
    at += AWAY_LEAST_MS + spread(random, AWAY_MS)
  } while (at < endsAt && random.chance(RETURNS))
}

const clipped = (opinion: number): number => Math.max(-1, Math.min(1, opinion))

/** Of an exponential distribution with this mean. */
const spread = (random: Random, mean: number): number => -mean * Math.log(1 - random.next())

/** Box and Muller (1958). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
