import type { Pulse } from '@pulssi/protocol'

const HEAD = ['touchpoint', 'window', 'active', 'entered', 'drop-off', 'sentiment', 'friction', 'visitors', 'pulse']
const BAR_CHARS = 10

const percent = (rate: number | null): string => (rate === null ? '–' : `${(rate * 100).toFixed(1)} %`)

/** A figure that too few stand behind is marked as such. */
const figure = (text: string, believed: boolean): string => (believed || text === '–' ? text : `(${text})`)

const bar = (pulse: number | null): string =>
  pulse === null ? '–' : `${String(pulse).padStart(3)} ${'▮'.repeat(Math.round((pulse / 100) * BAR_CHARS))}`

const row = ({ touchpoint, window, visits, dropOff, sentiment, friction, visitors, pulse }: Pulse): string[] => [
  touchpoint,
  window,
  String(visits.active),
  String(visits.entered),
  figure(percent(dropOff.rate), dropOff.believed),
  figure(sentiment.score === null ? '–' : sentiment.score.toFixed(2), sentiment.believed),
  figure(percent(friction.rate), friction.believed),
  String(visitors),
  bar(pulse),
]

/** Pulses as lines of text, a head first; at most `rows` lines in all, the last then says what is left out. */
export const table = (pulses: readonly Pulse[], rows = Number.POSITIVE_INFINITY): string[] => {
  const cells = [HEAD, ...pulses.map(row)]
  const widths = HEAD.map((_, column) => Math.max(...cells.map(each => each[column]?.length ?? 0)))
  const lines = cells.map(each => {
    const padded = each.map((cell, column) => {
      const width = widths[column] ?? 0
      return column < 2 || column === HEAD.length - 1 ? cell.padEnd(width) : cell.padStart(width)
    })
    return padded.join('  ').trimEnd()
  })
  if (lines.length <= rows) return lines
  const shown = lines.slice(0, Math.max(1, rows - 1))
  return [...shown, `… and ${lines.length - shown.length} more; narrow it with --touchpoint`]
}
