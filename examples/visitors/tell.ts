import type { Events, PulseEvent } from '@pulssi/sdk'
import { type Desk, QUEUE, SUPPORT } from '../phone-desk/desk.js'
import type { Step } from './journey.js'

/** Tells a step as it happens, as the shop's pages and the phone desk would. */
export function tellNow(page: Omit<Events, 'forget'>, desk: Desk, visitor: string, step: Step): void {
  switch (step.act) {
    case 'enter':
      return page.enter(step.touchpoint)
    case 'leave':
      return page.leave(step.touchpoint)
    case 'goal':
      return page.goal(step.touchpoint, { value: step.value })
    case 'signal':
      return page.signal(step.touchpoint, step.name)
    case 'smiley':
      return page.feedback(step.touchpoint, { scale: 'smiley', score: step.score, ...words(step) })
    case 'bank':
      return
    case 'ring':
      return desk.ring(visitor)
    case 'answer':
      return desk.answer(visitor)
    case 'hangUp':
      return desk.hangUp(visitor)
    case 'finish':
      return desk.finish(visitor, step)
    default:
      return step satisfies never
  }
}

/** The events of a step that was taken at this time. */
export function asEvents(visitor: string, step: Step, at: number): PulseEvent[] {
  const web = { visitor, at, channel: 'web' }
  const phone = { visitor, at, channel: 'phone' }
  switch (step.act) {
    case 'enter':
    case 'leave':
      return [{ ...web, kind: step.act, touchpoint: step.touchpoint }]
    case 'goal':
      return [{ ...web, kind: 'goal', touchpoint: step.touchpoint, value: step.value }]
    case 'signal':
      return [{ ...web, kind: 'signal', touchpoint: step.touchpoint, name: step.name }]
    case 'smiley': {
      const { touchpoint, score } = step
      return [{ ...web, kind: 'feedback', touchpoint, scale: 'smiley', score, ...words(step) }]
    }
    case 'bank':
      return []
    case 'ring':
      return [{ ...phone, kind: 'enter', touchpoint: QUEUE }]
    case 'answer':
      return [{ ...phone, kind: 'enter', touchpoint: SUPPORT }]
    case 'hangUp':
      return [{ ...phone, kind: 'leave', touchpoint: QUEUE }]
    case 'finish': {
      const { csat, solved } = step
      const outcome: PulseEvent = { ...phone, kind: solved ? 'goal' : 'leave', touchpoint: SUPPORT }
      if (csat === null) return [outcome]
      return [{ ...phone, kind: 'feedback', touchpoint: SUPPORT, scale: 'csat', score: csat, ...words(step) }, outcome]
    }
    default:
      return step satisfies never
  }
}

const words = ({ comment }: { comment?: string }): { comment?: string } => (comment === undefined ? {} : { comment })
