import type { Incident } from '@pulssi/protocol/client'
import { harmless } from './harmless.js'

/** An incident in a few lines, for people. */
export interface Words {
  readonly title: string
  readonly lines: readonly string[]
}

const FIGURES = { sentiment: 'Sentiment', dropOff: 'Drop-off', friction: 'Friction' } as const
const STATES = {
  pending: 'may be turning bad',
  firing: 'turned bad',
  acknowledged: 'is being looked after',
  resolved: 'is well again',
} as const

const clockTime = (ms: number): string => `${new Date(ms).toISOString().slice(11, 16)} UTC`

const figureText = (figure: Incident['figure'], value: number): string =>
  figure === 'sentiment' ? value.toFixed(2) : `${Math.round(value * 100)} %`

const limitText = ({ figure, below, above }: Incident): string => {
  if (below !== null) return `below ${figureText(figure, below)}`
  return above === null ? '' : `above ${figureText(figure, above)}`
}

const measured = (incident: Incident): string => {
  const { figure, value, low, high, n, window } = incident
  if (value === null || low === null || high === null) return `${FIGURES[figure]}: no figures`
  const text = (x: number): string => figureText(figure, x)
  return `${FIGURES[figure]} ${text(value)} (${text(low)} to ${text(high)}) of ${n} in ${window}; the rule says ${limitText(incident)}`
}

const steps = ({ before, after, reason }: Incident['story']): string[] => [
  ...(before === null ? [] : [`Before it: ${harmless(before)}`]),
  ...(after === null ? [] : [`After it: ${harmless(after)}`]),
  ...(reason === null ? [] : [`Last signal of those who left: ${harmless(reason)}`]),
]

export const wordsOf = (incident: Incident): Words => {
  const { touchpoint, rule, state, story } = incident
  const back = story.recovered === null ? '' : `; ${Math.round(story.recovered * 100)} % of those who left came back`
  return {
    title: `${harmless(touchpoint)} ${STATES[state]}: ${harmless(rule)}`,
    lines: [
      measured(incident),
      `First bad minute ${clockTime(story.firstBadMinute)}; ${story.visitors} visitors${back}`,
      ...steps(story),
    ],
  }
}

export const TEST_WORDS: Words = {
  title: 'A test message of Pulssi',
  lines: ['This hook works. Nothing has happened.'],
}
