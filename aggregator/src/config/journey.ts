import { CHANNEL, TOUCHPOINT, TOUCHPOINT_CHARS } from '@pulssi/protocol'
import { z } from 'zod'
import { DEFAULT_CONFIG } from '../engine/index.js'
import { duration, durationOrNone, formatDuration } from './duration.js'
import { object } from './problems.js'

const DAY_MS = 86_400_000
/** Entries of the map: as many as places are kept for touchpoints that the map knows. */
export const MAP_ENTRIES = 2_000
export const STAGES = 16
/**
 * A visitor is remembered for the horizon, the longest idle or grace, and this long on top: the engine keeps times as
 * 32 bits of ms, which last 49.7 days.
 */
export const VISITOR_LIFE_MS = 49 * DAY_MS
const AFTERLIFE_MS = DAY_MS

const PREFIX = /^[a-z0-9_.-]*\*$/

/** A touchpoint's full name, or the start of one followed by `*`. */
export const isPattern = (text: string): boolean =>
  TOUCHPOINT.test(text) || (text.length <= TOUCHPOINT_CHARS + 1 && PREFIX.test(text))

const patternKey = z.string().refine(isPattern, {
  error: 'is no touchpoint: lower case letters, digits, _ and - joined by dots, 64 at most, `*` only at the end',
})
export const channelName = z
  .string()
  .regex(CHANNEL, { error: 'is no channel: lower case letters, digits, _ and -, 32 at most' })
const stageName = z.string().regex(CHANNEL, { error: 'is no stage: lower case letters, digits, _ and -, 32 at most' })

const touchpoint = object({
  stage: stageName.optional(),
  channel: channelName.optional(),
  idle: duration.optional(),
  grace: durationOrNone.optional(),
  end: z.boolean().optional(),
})

const weight = z.number().min(0).max(1_000)

const shape = object({
  idle: duration.default(DEFAULT_CONFIG.idleMs),
  grace: durationOrNone.default(DEFAULT_CONFIG.graceMs),
  horizon: duration.default(DEFAULT_CONFIG.horizonMs),
  stages: z.array(stageName).min(1).max(STAGES).default(DEFAULT_CONFIG.stages),
  channels: z.record(channelName, object({ idle: duration.optional(), grace: durationOrNone.optional() })).default({}),
  touchpoints: z.record(patternKey, touchpoint).default({}),
  overflow: z.enum(['other', 'refuse']).default(DEFAULT_CONFIG.overflow),
  weights: object({
    sentiment: weight.default(DEFAULT_CONFIG.weights.sentiment),
    dropOff: weight.default(DEFAULT_CONFIG.weights.dropOff),
    friction: weight.default(DEFAULT_CONFIG.weights.friction),
  }).prefault({}),
})

type Journey = z.infer<typeof shape>

const longestStay = ({ idle, grace, channels, touchpoints }: Journey): number => {
  const stays = [idle, grace]
  for (const entry of [...Object.values(channels), ...Object.values(touchpoints)]) {
    stays.push(entry.idle ?? 0, entry.grace ?? 0)
  }
  return stays.reduce((longest, stay) => Math.max(longest, stay), 0)
}

/** The journey map; durations are ms once read. */
export const journeySchema = shape.superRefine((journey, context) => {
  const { stages, touchpoints, horizon, weights } = journey
  for (const [name, entry] of Object.entries(touchpoints)) {
    if (entry.stage === undefined || stages.includes(entry.stage)) continue
    const message = `"${entry.stage}" is not in journey.stages (${stages.join(', ')}): add it there or correct it`
    context.addIssue({ code: 'custom', path: ['touchpoints', name, 'stage'], message })
  }
  if (new Set(stages).size < stages.length) {
    context.addIssue({ code: 'custom', path: ['stages'], message: 'names a stage twice' })
  }
  if (Object.keys(touchpoints).length > MAP_ENTRIES) {
    const message = `has more than ${MAP_ENTRIES} entries: match several with one pattern, such as "shop.*"`
    context.addIssue({ code: 'custom', path: ['touchpoints'], message })
  }
  const lifeMs = horizon + longestStay(journey) + AFTERLIFE_MS
  if (lifeMs >= VISITOR_LIFE_MS) {
    const message = `horizon + the longest idle or grace + 24h is ${formatDuration(lifeMs)} and must stay under ${formatDuration(VISITOR_LIFE_MS)}: shorten one of them`
    context.addIssue({ code: 'custom', path: ['horizon'], message })
  }
  if (weights.sentiment + weights.dropOff + weights.friction === 0) {
    context.addIssue({ code: 'custom', path: ['weights'], message: 'are all 0: give at least one part a weight' })
  }
})
