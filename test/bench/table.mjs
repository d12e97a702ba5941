import { TARGETS } from './targets.mjs'

const WIDTHS = [46, 10, 12, 8, 5]

const written = value => {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

const line = cells =>
  cells
    .map((cell, column) => (column === 1 ? cell.padStart(WIDTHS[column]) : cell.padEnd(WIDTHS[column] ?? 0)))
    .join('  ')
    .trimEnd()

export const heading = () => line(['name', 'value', 'unit', 'target', 'met', 'beside it'])

export const row = ({ name, value, unit, ceiling, valid }) => {
  const target = TARGETS[name]
  if (target === undefined) return line([name, written(value), unit, '', '', ceiling])
  const met = valid ? (target.good(value) ? 'yes' : 'NO') : '?'
  return line([name, written(value), unit, `${target.sign} ${target.target}`, met, ceiling])
}

/** What `--json` writes: the lines that have a target. */
export const report = results =>
  Object.fromEntries(
    results
      .filter(({ name }) => Object.hasOwn(TARGETS, name))
      .map(({ name, value, unit, valid }) => {
        const { target, good } = TARGETS[name]
        return [name, { value, unit, target, met: valid && good(value) }]
      }),
  )
