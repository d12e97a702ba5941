import type { Window } from '@pulssi/protocol/client'
import { Answered, type Heard } from './answered.js'
import { Crowd } from './crowd.js'
import { Quorum } from './quorum.js'
import type { Audience } from './state.js'
import type { BaselineSums, Sums } from './sums.js'

/** What a spot counts in one window, good while nothing there changed and no slice began or ended. */
export interface Counted {
  stamp: number
  /** Newest slices of the window and of its baseline. */
  last: number
  baselineLast: number
  sums: Sums
  baseline: BaselineSums
  visitors: number
  answerers: number
  /** Whether enough distinct voices stand behind them. */
  backed: boolean
  answerersBacked: boolean
  /** Who gave the answers. */
  heard: Heard
}

/** A touchpoint or a roll-up as the view knows it. */
export interface Spot {
  readonly name: string
  /** Number of the touchpoint in each partition, −1 where it is unknown; a roll-up has none. */
  readonly parts: number[]
  /** The touchpoints of a roll-up; null for a touchpoint. */
  readonly members: Set<Spot> | null
  /** Roll-ups that this touchpoint belongs to. */
  rollups: Spot[]
  channel: string | null
  stage: string | null
  crowds: [Crowd, Crowd]
  quorums: [Quorum, Quorum]
  answered: Answered
  stamp: number
  /** Nothing was counted here after this, ms since 1970. */
  countedBy: number
  readonly counted: Map<Window, Counted>
  /** The baselines that others of a roll-up are drawn toward, and the stamp at which each last changed. */
  readonly baselines: Map<Window, { readonly sums: BaselineSums; readonly stamp: number }>
}

const spot = (name: string, parts: number[], members: Set<Spot> | null): Spot => ({
  name,
  parts,
  members,
  rollups: [],
  channel: null,
  stage: null,
  crowds: [new Crowd(), new Crowd()],
  quorums: [new Quorum(), new Quorum()],
  answered: new Answered(),
  stamp: 0,
  countedBy: 0,
  counted: new Map(),
  baselines: new Map(),
})

export const touchpointSpot = (name: string, partitions: number): Spot =>
  spot(name, new Array<number>(partitions).fill(-1), null)

export const rollupSpot = (name: string): Spot => spot(name, [], new Set())

/** Forgets who was seen there. */
export function disperse(spot: Spot): void {
  spot.crowds = [new Crowd(), new Crowd()]
  spot.quorums = [new Quorum(), new Quorum()]
  spot.answered = new Answered()
}

/** Lays a roll-up's crowds anew from its members. */
export function regather(rollup: Spot): void {
  disperse(rollup)
  for (const member of rollup.members ?? []) gather(rollup, member)
}

export function gather(rollup: Spot, member: Spot): void {
  for (const audience of [0, 1] as Audience[]) {
    rollup.crowds[audience].merge(member.crowds[audience])
    rollup.quorums[audience].merge(member.quorums[audience])
  }
  rollup.answered.merge(member.answered)
}
