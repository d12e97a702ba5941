import { EMOTIONS, SCALE_LEVELS, SCALES, type Scale, type ScaleFigures, type Voice } from '@pulssi/protocol/client'

/** One level of a scale: `score` is its place in [−1, 1], `name` what a customer chose. */
export interface Level {
  readonly name: string | number
  readonly score: number
  readonly count: number
  /** Of all answers on this scale; 0 without any. */
  readonly share: number
}

const EMOTION_SCORES = [1, 0.8, 0.6, 0.4, 0, -0.4, -0.6, -0.8, -1]
const DETRACTORS_TO = 6
const PASSIVES_TO = 8

/** Where level `at`, counted from the first, stands in [−1, 1]. */
export const scoreOf = (scale: Scale, at: number): number => {
  switch (scale) {
    case 'nps':
      return at <= DETRACTORS_TO ? -1 : at <= PASSIVES_TO ? 0 : 1
    case 'emotion':
      return EMOTION_SCORES[at] ?? 0
    case 'thumb':
    case 'smiley':
    case 'csat':
    case 'ces':
      return (2 * at) / (SCALE_LEVELS[scale].count - 1) - 1
    default:
      return scale satisfies never
  }
}

/** Best level first, as answers are read. */
export const levelsOf = (scale: Scale, { levels, n }: Pick<ScaleFigures, 'levels' | 'n'>): Level[] => {
  const rows = levels.map((count, at) => ({
    name: scale === 'emotion' ? (EMOTIONS[at] ?? String(at)) : SCALE_LEVELS[scale].first + at,
    score: scoreOf(scale, at),
    count,
    share: n === 0 ? 0 : count / n,
  }))
  return scale === 'emotion' ? rows : rows.reverse()
}

export type Standard = 'share' | 'index' | 'nps' | 'mean' | 'value'
const STANDARDS: readonly Standard[] = ['nps', 'mean', 'value', 'index', 'share']

/** The figures by which a scale is known elsewhere, those that it has. */
export const standardsOf = (figures: ScaleFigures): { standard: Standard; value: number }[] =>
  STANDARDS.flatMap(standard => {
    const value = figures[standard]
    return value === undefined ? [] : [{ standard, value }]
  })

/** Scales with answers, in the order in which scales are told everywhere. */
export const answeredOf = (scales: Partial<Record<Scale, ScaleFigures>>): [Scale, ScaleFigures][] =>
  SCALES.flatMap(scale => {
    const figures = scales[scale]
    return figures === undefined || figures.n === 0 ? [] : [[scale, figures] satisfies [Scale, ScaleFigures]]
  })

/** Whether what was said goes with a good or a bad answer. An emotion is said by its name, the others by their level. */
export const scoreOfVoice = ({ scale, score }: Pick<Voice, 'scale' | 'score'>): 'good' | 'bad' | 'neither' => {
  if (scale === null || score === null) return 'neither'
  const at =
    typeof score === 'string' ? (EMOTIONS as readonly string[]).indexOf(score) : score - SCALE_LEVELS[scale].first
  const place = scoreOf(scale, at)
  return place > 0 ? 'good' : place < 0 ? 'bad' : 'neither'
}
