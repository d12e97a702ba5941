import type { EngineConfig, TouchpointRule } from '../engine/index.js'
import type { Config } from './schema.js'

interface Stay {
  readonly idle?: number | undefined
  readonly grace?: number | undefined
}

const stay = ({ idle, grace }: Stay): { idleMs?: number; graceMs?: number } => ({
  ...(idle !== undefined && { idleMs: idle }),
  ...(grace !== undefined && { graceMs: grace }),
})

/** The part of the configuration that enters the log and changes what is counted. */
export const toEngineConfig = ({ journey }: Config): EngineConfig => ({
  idleMs: journey.idle,
  graceMs: journey.grace,
  horizonMs: journey.horizon,
  stages: [...journey.stages],
  channels: Object.fromEntries(Object.entries(journey.channels).map(([name, entry]) => [name, stay(entry)])),
  touchpoints: Object.entries(journey.touchpoints).map(
    ([pattern, { stage, channel, end, ...times }]): TouchpointRule => ({
      pattern,
      ...(stage !== undefined && { stage }),
      ...(channel !== undefined && { channel }),
      ...stay(times),
      ...(end !== undefined && { end }),
    }),
  ),
  overflow: journey.overflow,
  weights: { ...journey.weights },
})
