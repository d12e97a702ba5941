import type { Judgement } from './judging.js'
import { isFixed } from './plain.js'
import { rowOf, tableOf } from './table.js'
import type { Audit, Silence } from './trials.js'

/** `judged`: of each seed, the judgements by policy. */
export const policyTable = (judged: readonly Readonly<Record<string, Judgement>>[]): string => {
  const names = Object.keys(judged[0] ?? {})
  const rows = names.map(name =>
    rowOf(
      name,
      judged.flatMap(byName => byName[name] ?? []),
    ),
  )
  return `${judged.length} seeds; questions and answers in each 1,000 visits\n${tableOf(rows, rows.filter(isFixed))}`
}

const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length
const signed = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(3)}`

const SILENCE_WIDTHS = [22, 10, 10, 12]
const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => cell.padStart(SILENCE_WIDTHS[i] ?? 0)).join('')

/** The bias of the day's scores by how many of the moderate answer, for one who has none of them silent: 1. */
export const silenceTable = (all: readonly Silence[]): string => {
  const shares = [...new Set(all.map(({ moderate }) => moderate))].sort((a, b) => b - a)
  const rows = shares.map(share => {
    const list = all.filter(({ moderate }) => moderate === share)
    const estimators = new Map<string, number>()
    for (const one of list)
      for (const [name, n] of Object.entries(one.estimators)) estimators.set(name, (estimators.get(name) ?? 0) + n)
    const biases = (['plain', 'asked', 'corrected'] as const).map(by => signed(mean(list.map(one => one[by]))))
    const named = [...estimators].map(([name, n]) => `${name} ${n}`).join(', ')
    return `${line([String(share), ...biases])}  ${named}`
  })
  return ['bias of the day’s score', line(['of moderates answer', 'plain', 'asked', 'corrected']), ...rows].join('\n')
}

export const auditTable = (all: readonly Audit[]): string => {
  const sum = (of: (one: Audit) => number): string =>
    all.reduce((whole, one) => whole + of(one), 0).toLocaleString('en')
  return [
    `${sum(({ visits }) => visits)} visits, ${sum(({ crashes }) => crashes)} crashes,`,
    `${sum(({ asked }) => asked)} questions, of these to persons of two devices ${sum(({ askedOfLinked }) => askedOfLinked)};`,
    `above the budget: ${sum(({ breaches }) => breaches.length)}, answers refused: ${sum(({ refused }) => refused)}`,
  ].join(' ')
}
