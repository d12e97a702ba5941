import { RAGE_MS, RAGE_PX } from './limits.js'

export type Spot = Pick<MouseEvent, 'timeStamp' | 'clientX' | 'clientY'>

/** Whether these unanswered clicks, the newest first, are those of somebody who has had enough: RAGE_CLICKS at least. */
export const isRage = ([to, , from]: readonly Spot[]): boolean =>
  !!from &&
  (to as Spot).timeStamp - from.timeStamp <= RAGE_MS &&
  Math.hypot((to as Spot).clientX - from.clientX, (to as Spot).clientY - from.clientY) <= RAGE_PX
