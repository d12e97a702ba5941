import { SCALES } from '@pulssi/protocol/client'
import { LEVEL_SCORES } from './figures.js'
import { SCORE_VALUES } from './limits.js'

/** The different scores of all levels of all scales, in thirtieths, lowest first. */
export const SCORES: readonly number[] = [...new Set(SCALES.flatMap(scale => LEVEL_SCORES[scale]))].sort(
  (a, b) => a - b,
)
if (SCORES.length > SCORE_VALUES) throw new RangeError('a value for each score')

const VALUES = SCALES.map(scale => LEVEL_SCORES[scale].map(score => SCORES.indexOf(score)))

/** Index among SCORES of a level of a scale, both by their indexes. */
export const scoreValue = (scale: number, level: number): number => VALUES[scale]?.[level] ?? 0
