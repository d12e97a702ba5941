import { type BudgetConfig, type Config, formatDuration } from '../config/index.js'
import { DEFAULT_CONFIG } from '../engine/index.js'
import { askShadows, nudgeShadows, type Shadow, unmapped } from './coverage.js'
import { gapsIn } from './languages.js'

/** Something about the asks that may not be meant so. `never`: one of them can't be put at all. */
export interface Doubt {
  readonly level: 'never' | 'note'
  readonly message: string
  readonly todo: string
}

const note = (message: string, todo: string): Doubt => ({ level: 'note', message, todo })

const shadowDoubt = ({ id, extent, behind }: Shadow): Doubt => {
  const others = behind.join(' and ')
  return extent === 'never'
    ? {
        level: 'never',
        message: `${id} never comes by itself: ${others} always holds first`,
        todo: `write ${id} before ${others}`,
      }
    : note(`${id} is put only where ${others} is not: the first that fits a moment is taken`, 'see that it is meant so')
}

/** Whoever left comes back after such a time, if at all. */
const RETURN_MS = 3_600_000

const momentDoubts = ({ asks, server }: Config): Doubt[] => {
  if (asks.length > 0 && server.clock === 'data') {
    return [note('nobody is asked with the clock of data', 'set server.clock to wall where people are')]
  }
  return asks.flatMap(({ id, trigger, validFor }) => {
    if (trigger.on !== 'leave' || validFor >= RETURN_MS) return []
    const message = `${id} is put to who leaves, and taken for ${formatDuration(validFor)} only`
    return [note(message, 'give it a validFor of days: it waits for the next visit')]
  })
}

const mapDoubts = ({ asks, nudges, journey }: Config): Doubt[] => {
  const map = Object.keys(journey.touchpoints)
  if (map.length === 0) return []
  return [...asks, ...nudges].flatMap(({ id, touchpoints }) => {
    const strange = unmapped(touchpoints, map)
    if (strange.length === 0) return []
    return [
      note(
        `${id} is for ${strange.join(', ')}, which the journey map does not name`,
        'correct it, or add it to the map',
      ),
    ]
  })
}

const { budget: USUAL } = DEFAULT_CONFIG

const budgetDoubts = (budget: BudgetConfig): Doubt[] => {
  const given = [
    ['session', budget.session, USUAL.sessionMs],
    ['every', budget.every, USUAL.everyMs],
    ['afterAnswer', budget.afterAnswer, USUAL.afterAnswerMs],
    ['afterDismissal', budget.afterDismissal, USUAL.afterDismissalMs],
    ['most', budget.most, USUAL.mostMs],
  ] as const
  return given.flatMap(([name, ms, usualMs]) => {
    if (ms >= usualMs) return []
    const message = `budget.${name} is ${formatDuration(ms)}, less than the usual ${formatDuration(usualMs)}`
    return [note(`${message}: people are asked more often`, 'lengthen it, unless they have agreed to that')]
  })
}

/** All that may not be meant so; empty: nothing. */
export const doubtsAbout = (config: Config): Doubt[] => [
  ...[...askShadows(config.asks), ...nudgeShadows(config.nudges)].map(shadowDoubt),
  ...momentDoubts(config),
  ...mapDoubts(config),
  ...gapsIn(config).map(({ id, missing }) =>
    note(`${id} lacks words in ${missing.join(', ')}`, 'add them; until then its first language is shown'),
  ),
  ...(config.asks.length === 0 ? [] : budgetDoubts(config.budget)),
]
