import { WINDOWS, type Window } from '@pulssi/protocol/client'
import type { Rule } from '../config/index.js'
import { type Figures, type Readings, round6OrNull } from '../engine/index.js'

/** What was seen of a rule's figure in one window, rounded as in JSON. */
export interface Seen {
  readonly window: Window
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly visitors: number
}

/**
 * `bad`: the rule holds. `calm`: it doesn't, and the figure of its own window is well past the threshold, or unknown.
 * `unsure`: neither can be said.
 */
export type Verdict =
  | { readonly type: 'bad'; readonly seen: Seen }
  | { readonly type: 'calm' }
  | { readonly type: 'unsure' }

const CALM: Verdict = { type: 'calm' }
const UNSURE: Verdict = { type: 'unsure' }

/** What a rule says: which side of which threshold. */
export type Condition = Pick<Rule, 'figure' | 'below' | 'above'>

/** How far past its threshold a figure must be before an incident may end; at most half the way to the scale's end. */
const RELEASE = 0.05

const isPast = (value: number, { figure, below, above }: Condition, margin = 0): boolean => {
  if (below !== undefined) return value >= below + Math.min(margin, (1 - below) / 2)
  if (above === undefined) return true
  const least = figure === 'sentiment' ? -1 : 0
  return value <= above - Math.min(margin, (above - least) / 2)
}

/** Whether the figure itself, whatever its interval, lies on the bad side; null: it isn't known. */
export const isBeyond = (condition: Condition, figures: Figures): boolean | null => {
  const { value } = figures[condition.figure]
  return value === null ? null : !isPast(value, condition)
}

const seenIn = (window: Window, figure: Rule['figure'], { visitors, [figure]: found }: Readings): Seen => {
  const { value, low, high, n } = found
  return { window, value: round6OrNull(value), low: round6OrNull(low), high: round6OrNull(high), n, visitors }
}

/**
 * `below x` holds where the whole interval lies below x, and enough voices stand behind it, in the shortest of the
 * rule's window and the longer ones where that is so; where a shorter window lies wholly on the other side, that is
 * the newer news. `total`, which forgets nothing, is looked at only by rules of its own.
 */
export const judge = (rule: Condition & Pick<Rule, 'window'>, read: (window: Window) => Readings): Verdict => {
  const { figure, below, above, window: own } = rule
  for (let index = WINDOWS.indexOf(own); index < WINDOWS.length; index++) {
    const window = WINDOWS[index] as Window
    if (window === 'total' && own !== 'total') break
    const { low, high, backed } = read(window)[figure]
    if (!backed || low === null || high === null) continue
    if (below !== undefined ? high < below : above !== undefined && low > above) {
      return { type: 'bad', seen: seenIn(window, figure, read(window)) }
    }
    if (below !== undefined ? low > below : above !== undefined && high < above) break
  }
  const { value } = read(own)[figure]
  return value === null || isPast(value, rule, RELEASE) ? CALM : UNSURE
}
