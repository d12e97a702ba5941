import type { Incident, Story } from '@pulssi/protocol/client'
import type { Board } from '../board/index.js'
import { round6OrNull } from '../engine/index.js'
import { isBeyond } from './verdict.js'

type Told = Pick<Board, 'detail' | 'firstMinute' | 'select'>

const total = (rows: readonly { n: number }[]): number => rows.reduce((sum, { n }) => sum + n, 0)

/** What whoever gets out of bed wants to know first, of the window in which the rule held. */
export const storyOf = async (
  board: Told,
  { figure, below, above, touchpoint, window, story }: Incident,
): Promise<Story> => {
  // The log that it came from may be gone.
  if (board.select([touchpoint], () => true).length === 0) return story
  const condition = { figure, below: below ?? undefined, above: above ?? undefined }
  const minute = await board.firstMinute(touchpoint, window, figures => isBeyond(condition, figures))
  const { from, to, left, recovered } = await board.detail(touchpoint, window)
  const drops = total(left)
  return {
    firstBadMinute: minute ?? story.firstBadMinute,
    visitors: story.visitors,
    before: from[0]?.touchpoint ?? null,
    after: to[0]?.touchpoint ?? null,
    reason: left[0]?.signal ?? null,
    // Who comes back now may have dropped before the window began.
    recovered: drops === 0 ? null : round6OrNull(Math.min(1, total(recovered) / drops)),
  }
}
