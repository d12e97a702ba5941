import type { Corrected } from '@pulssi/protocol/client'

const Z = 1.959964
const REMEMBERED = 512
const rounded = (x: number): number => Math.round(x * 1e6) / 1e6 + 0

/** One answer: whose, in which 5 s slice, and what it is worth in [−1, 1]. */
export interface Said {
  readonly visitor: string
  readonly slice: number
  readonly value: number
}

/** N60: whole slices, newest first, while they hold at most 512 different ones. */
const remembered = (said: readonly Said[]): Said[] => {
  const bySlice = new Map<number, Said[]>()
  for (const one of said) bySlice.set(one.slice, [...(bySlice.get(one.slice) ?? []), one])
  const kept: Said[] = []
  let different = 0
  for (const [, slice] of [...bySlice].sort(([a], [b]) => b - a)) {
    different += new Set(slice.map(({ visitor, value }) => `${visitor} ${value}`)).size
    if (different > REMEMBERED) break
    kept.push(...slice)
  }
  return kept
}

const answersByVoice = (said: readonly Said[]): number[][] => {
  const byVoice = new Map<string, number[]>()
  for (const { visitor, value } of said) byVoice.set(visitor, [...(byVoice.get(visitor) ?? []), value])
  return [...byVoice.values()]
}

/** N60 */
export const concentration = (said: readonly Said[]): number | null => {
  const voices = answersByVoice(remembered(said))
  const n = voices.reduce((sum, { length }) => sum + length, 0)
  return n === 0 ? null : rounded(Math.max(...voices.map(({ length }) => length)) / n)
}

/** N61, of a stream in which nobody was asked; null: the plain score. */
export const oneVoiceOneVote = (said: readonly Said[]): Corrected | null => {
  const voices = answersByVoice(remembered(said))
  if (voices.every(({ length }) => length === 1)) return null
  const means = voices.map(values => values.reduce((sum, value) => sum + value, 0) / values.length)
  const score = means.reduce((sum, mean) => sum + mean, 0) / means.length
  const all = [...means, -1, 1]
  const middle = all.reduce((sum, mean) => sum + mean, 0) / all.length
  const variance = all.reduce((sum, mean) => sum + (mean - middle) ** 2, 0) / (all.length - 1)
  const half = Z * Math.sqrt(variance / all.length)
  return {
    score: rounded(score),
    low: rounded(Math.max(-1, score - half)),
    high: rounded(Math.min(1, score + half)),
    estimator: 'voices',
  }
}
