import type { EngineConfig } from '@pulssi/aggregator/engine'
import { EMOTIONS, type Emotion, type JsonEvent, SCALE_LEVELS } from '@pulssi/protocol/client'
import type { LogItem } from './items.js'

/** A line of a replay file as a log item; a line that is no event is one refused. */
export const readLine = (line: string): LogItem => {
  let json: JsonEvent
  try {
    json = JSON.parse(line) as JsonEvent
  } catch {
    return { type: 'refuse', count: 1 }
  }
  const answer = json.kind === 'feedback' && json.scale === undefined
  const level = levelOf(json)
  return {
    type: 'event',
    receivedAt: json.at,
    visitor: json.visitor,
    stream: json.stream ?? null,
    seq: json.seq ?? null,
    at: json.at,
    kind: answer ? 'answer' : json.kind,
    touchpoint: json.touchpoint ?? null,
    channel: json.channel ?? null,
    scale: json.scale ?? null,
    level,
    name: json.name ?? null,
    page: false,
    bot: false,
    comment: json.comment ?? json.text ?? null,
    refused: json.scale !== undefined && level === null,
  }
}

const levelOf = ({ scale, score }: JsonEvent): number | null => {
  if (scale === undefined) return null
  const level = scale === 'emotion' ? EMOTIONS.indexOf(score as Emotion) : Number(score) - SCALE_LEVELS[scale].first
  const known = Number.isInteger(level) && level >= 0 && level < SCALE_LEVELS[scale].count
  return known ? level : null
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `"30m"` in ms. */
const duration = (text: string): number => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  if (amount === undefined || unit === undefined)
    throw new Error(`"${text}" is no duration: expected 30s, 30m, 48h, 5d`)
  return Number(amount) * (UNITS[unit] ?? 0)
}

interface Allowances {
  readonly idle?: string
  readonly grace?: string
}
interface JourneyJson extends Allowances {
  readonly horizon?: string
  readonly stages?: string[]
  readonly channels?: Record<string, Allowances>
  readonly touchpoints?: Record<string, Allowances & { stage?: string; channel?: string; end?: boolean }>
}

const allowances = ({ idle, grace }: Allowances) => ({
  ...(idle === undefined ? {} : { idleMs: duration(idle) }),
  ...(grace === undefined ? {} : { graceMs: duration(grace) }),
})

/** The `journey` of a configuration file, read apart from the aggregator's own reader. */
export const readConfig = (text: string): EngineConfig => {
  const journey = (JSON.parse(text) as { journey?: JourneyJson }).journey ?? {}
  return {
    idleMs: duration(journey.idle ?? '30m'),
    graceMs: duration(journey.grace ?? '30s'),
    horizonMs: duration(journey.horizon ?? '48h'),
    stages: journey.stages ?? ['attract', 'convert', 'close', 'advocate'],
    channels: Object.fromEntries(Object.entries(journey.channels ?? {}).map(([name, set]) => [name, allowances(set)])),
    touchpoints: Object.entries(journey.touchpoints ?? {}).map(([pattern, { idle, grace, ...rest }]) => ({
      pattern,
      ...rest,
      ...allowances({ ...(idle === undefined ? {} : { idle }), ...(grace === undefined ? {} : { grace }) }),
    })),
    overflow: 'other',
    weights: { sentiment: 0.5, dropOff: 0.3, friction: 0.2 },
    asks: [],
    nudges: [],
    budget: { sessionMs: 1, everyMs: 1, afterAnswerMs: 1, afterDismissalMs: 1, mostMs: 1 },
  }
}
