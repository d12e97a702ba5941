import { type AskConfig, type Config, formatDuration, type NudgeConfig } from '../config/index.js'

const HEAD = ['id', 'kind', 'touchpoints', 'trigger', 'valid']

const triggerText = ({ trigger }: AskConfig): string => {
  switch (trigger.on) {
    case 'dwell':
      return `dwell ${formatDuration(trigger.after)}`
    case 'signal':
      return trigger.names === undefined ? 'signal' : `signal ${trigger.names.join(', ')}`
    case 'sample':
    case 'leave':
    case 'goal':
    case 'host':
      return trigger.on
    default:
      return trigger satisfies never
  }
}

const askRow = (ask: AskConfig): string[] => [
  ask.id,
  ask.reason ? 'choice, reason' : ask.kind,
  ask.touchpoints.join(', '),
  triggerText(ask),
  formatDuration(ask.validFor),
]

const nudgeRow = ({ id, touchpoints, signals = [], holdout, validFor }: NudgeConfig): string[] => [
  id,
  `nudge, ${Number((holdout * 100).toFixed(2))} % held out`,
  touchpoints.join(', '),
  signals.length === 0 ? 'in trouble' : `in trouble by ${signals.join(', ')}`,
  formatDuration(validFor),
]

/** Asks and nudges as a table, a head first. */
export const listLines = ({ asks, nudges }: Config): string[] => {
  const rows = [HEAD, ...asks.map(askRow), ...nudges.map(nudgeRow)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
