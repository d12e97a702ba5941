import type { Command } from 'commander'
import { type Config, ConfigError, loadConfig } from '../config/index.js'
import { FIELDS, rulesUsing, stayText } from '../doctor/index.js'
import { CliError, type ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { configFile } from './serve.js'

interface DataOptions {
  readonly config?: string
  readonly json?: boolean
}

interface Row {
  readonly field: string
  readonly from: readonly string[]
  readonly is: string
  readonly usedBy: string
  readonly stays: string
  readonly rules: readonly string[]
  readonly optional: boolean
}

const rowsOf = (config: Config): Row[] =>
  FIELDS.map(field => ({
    field: field.name,
    from: field.places,
    is: field.is,
    usedBy: field.usedBy,
    stays: stayText(field.stay, config),
    rules: rulesUsing(field, config),
    optional: field.isOptional,
  }))

const printRow = (io: Io, { field, from, is, usedBy, stays, rules }: Row): void => {
  print(io, `${field}  (${from.join(', ')})`)
  print(io, `  is       ${is}`)
  print(io, `  used by  ${usedBy}`)
  print(io, `  stays    ${stays}`)
  if (rules.length > 0) print(io, `  rules    ${rules.join(', ')}`)
}

const loaded = (io: Io, named: string | undefined): Config => {
  try {
    return loadConfig({ file: configFile(io, named), env: io.env, flags: {} })
  } catch (error) {
    throw error instanceof ConfigError ? new CliError('config', error.message) : error
  }
}

/** Lists each field that is collected: what it is, who uses it, how long it stays, and which no rule uses. */
const data = (io: Io, { config: named, json = false }: DataOptions): void => {
  const config = loaded(io, named)
  const rows = rowsOf(config)
  const unused = rows.filter(row => row.optional && row.rules.length === 0).map(row => row.field)
  if (json) return print(io, JSON.stringify({ fields: rows, unusedByRules: unused }, null, 2))
  for (const row of rows) printRow(io, row)
  print(io, '')
  print(io, `No rule uses: ${unused.join(', ')}.`)
  print(io, 'These may be left out of what you send, if nobody else needs them.')
}

export const addData = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  program
    .command('data')
    .description('list each field that is collected: who uses it, how long it stays, and which no rule uses')
    .option('--config <file>', 'configuration; pulssi.config.json, if it is there (PULSSI_CONFIG)')
    .option('--json', 'print JSON')
    .action((options: DataOptions) => {
      data(io, options)
      done('ok')
    })
}
