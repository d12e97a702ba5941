/** An ask at `pay`, who does what about it, and worlds in which it is put. For tests. */
import { ASK_FORMS, ASK_RESULTS, Kind, SCALES } from '@pulssi/protocol/client'
import type { AskRule } from '../config.js'
import { AskedWorld, DAY, type Doing, MINUTE } from './asked-world.js'

export const CSAT = ASK_FORMS.indexOf('csat')
export const SHOWN = ASK_RESULTS.indexOf('shown')
export const DISMISSED = ASK_RESULTS.indexOf('dismissed')
export const WANTED = ASK_RESULTS.indexOf('wanted')

export const rule = (more: Partial<AskRule>): AskRule => ({
  ...{ id: 'mood', touchpoints: ['pay'], form: CSAT, options: 0, reason: false, trigger: 'sample', dwellMs: 0 },
  ...{ signals: [], validMs: 10 * MINUTE },
  ...more,
})
export const ALWAYS = [{ touchpoint: 'pay', chanceClass: 0, isWorse: true }]

export const worldOf = (rules: readonly AskRule[], partitions = 1): AskedWorld => {
  const world = new AskedWorld({ asks: [...rules] }, partitions)
  world.policy(ALWAYS, 48 * DAY)
  return world
}

export const enter = (visitor: string, touchpoint = 'pay'): Doing => ({ visitor, kind: Kind.enter, touchpoint })
export const asked = (visitor: string, ask: string, result: number): Doing => ({
  ...{ visitor, kind: Kind.ask, touchpoint: 'pay', a: result },
  detail: JSON.stringify({ ask }),
})
export const answer = (visitor: string, ask: string, level = 4, scale: (typeof SCALES)[number] = 'csat'): Doing => ({
  ...{ visitor, kind: Kind.feedback, touchpoint: 'pay', a: SCALES.indexOf(scale), b: level },
  detail: JSON.stringify({ ask }),
})
export const idOf = (world: AskedWorld): string => world.said[world.said.length - 1]?.id ?? ''
