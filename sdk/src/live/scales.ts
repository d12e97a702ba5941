import { SCALE_LEVELS, SCALES, type Scale, type ScaleFigures } from '@pulssi/protocol/client'

/** Six decimals, as everywhere at the edge. */
const round = (x: number) => Math.round(x * 1e6) / 1e6 + 0

/** Tenths of each emotion's place in [−1, 1], delighted first. */
const EMOTION_TENTHS = [10, 8, 6, 4, 0, -4, -6, -8, -10]

const sum = (counts: readonly number[], from = 0, to = counts.length) =>
  counts.slice(from, to).reduce((total, count) => total + count, 0)
/** Σ count · weight(level), levels counted from 0. */
const weigh = (counts: readonly number[], weight: (level: number) => number) =>
  counts.reduce((total, count, level) => total + count * weight(level), 0)

/** The standard figures of a scale from its answers per level. */
const figures = (scale: Scale, levels: number[]): ScaleFigures => {
  const n = sum(levels)
  const share = (from: number) => round(sum(levels, from) / n)
  switch (scale) {
    case 'thumb':
      return { levels, share: share(1), n }
    case 'smiley':
      return { levels, share: share(2), index: round((100 * weigh(levels, level => level)) / (3 * n)), n }
    case 'csat':
      return { levels, share: share(3), n }
    case 'nps':
      return { levels, nps: round((100 * (sum(levels, 9) - sum(levels, 0, 7))) / n), n }
    case 'ces':
      return { levels, mean: round(weigh(levels, level => level + 1) / n), share: share(4), n }
    case 'emotion':
      return { levels, value: round((10 * weigh(levels, level => EMOTION_TENTHS[level] ?? 0)) / n), n }
    default:
      return scale satisfies never
  }
}

/** `flat`: a scale's index, its level counts, the next scale's index, and so on. */
export const scalesOf = (flat: readonly number[]): Partial<Record<Scale, ScaleFigures>> => {
  const scales: Partial<Record<Scale, ScaleFigures>> = {}
  for (let at = 0; at < flat.length; ) {
    const scale = SCALES[flat[at] ?? -1]
    if (!scale) break
    const end = at + 1 + SCALE_LEVELS[scale].count
    scales[scale] = figures(scale, flat.slice(at + 1, end))
    at = end
  }
  return scales
}
