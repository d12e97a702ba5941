import { RAGE_CLICKS, RAGE_MS, RAGE_PX } from './limits.js'

export type Spot = Pick<MouseEvent, 'timeStamp' | 'clientX' | 'clientY'>

/** Whether the last of these unanswered clicks, in their order, are those of somebody who has had enough. */
export const isRage = (clicks: readonly Spot[]): boolean => {
  const [from, , to] = clicks.slice(-RAGE_CLICKS)
  return (
    !!to &&
    !!from &&
    to.timeStamp - from.timeStamp <= RAGE_MS &&
    Math.hypot(to.clientX - from.clientX, to.clientY - from.clientY) <= RAGE_PX
  )
}
