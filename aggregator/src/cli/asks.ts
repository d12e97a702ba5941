import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { configuredAsks, doubtsAbout } from '../asks/index.js'
import { listLines } from './asks-report.js'
import { standalonePage } from './asks-standalone.js'
import type { ConfigFile } from './config-file.js'
import { CliError, type ExitName } from './exits.js'
import { complain, type Io, print } from './io.js'
import { openFile, type WhereOptions, where } from './where.js'

/** Longer input is no ask. */
const INPUT_BYTES = 64 * 1_024
const FROM_STDIN = '-'

interface ListOptions extends WhereOptions {
  readonly json?: boolean
}

interface AddOptions extends WhereOptions {
  readonly nudge?: boolean
}

interface PreviewOptions extends WhereOptions {
  readonly out?: string
}

const list = (io: Io, options: ListOptions): void => {
  const { config, path } = openFile(io, options)
  if (options.json === true) return print(io, JSON.stringify(configuredAsks(config), null, 2))
  if (config.asks.length + config.nudges.length === 0) return complain(io, `${path} has no asks and no nudges`)
  for (const line of listLines(config)) print(io, line)
}

const readAll = async (io: Io): Promise<string> => {
  let text = ''
  for await (const chunk of io.stdin) {
    text += String(chunk)
    if (text.length > INPUT_BYTES) throw new CliError('usage', `this is longer than ${INPUT_BYTES} bytes: give one ask`)
  }
  return text
}

const entryFrom = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (error) {
    throw new CliError('usage', `this is no JSON: ${(error as Error).message}`)
  }
  throw new CliError('usage', 'give one ask as a JSON object, such as {"id": "mood", …}')
}

const add = async (io: Io, given: string, options: AddOptions): Promise<void> => {
  const entry = entryFrom(given === FROM_STDIN ? await readAll(io) : given)
  const file = openFile(io, options)
  const name = options.nudge === true ? 'nudges' : 'asks'
  const { id } = entry
  file.add(name, entry)
  complain(io, `${String(id)} is now among the ${name} of ${file.path}`)
  complain(io, file.hint(io.env))
}

const placeOf = ({ config, path }: ConfigFile, id: string): { name: 'asks' | 'nudges'; index: number } => {
  for (const name of ['asks', 'nudges'] as const) {
    const index = config[name].findIndex(each => each.id === id)
    if (index >= 0) return { name, index }
  }
  const known = [...config.asks, ...config.nudges].map(each => each.id).join(', ')
  throw new CliError('usage', `${path} has no ask and no nudge "${id}" (${known || 'there are none'})`)
}

const remove = (io: Io, id: string, options: WhereOptions): void => {
  const file = openFile(io, options)
  const { name, index } = placeOf(file, id)
  file.remove(name, index)
  complain(io, `${id} is no longer among the ${name} of ${file.path}`)
  complain(io, file.hint(io.env))
}

/** Prints what may not be meant so, one a line; false: something never comes. */
const check = (io: Io, options: WhereOptions): boolean => {
  const { config } = openFile(io, options)
  const doubts = doubtsAbout(config)
  for (const { message, todo } of doubts) print(io, `${message}: ${todo}`)
  if (doubts.length === 0) print(io, `${config.asks.length} asks and ${config.nudges.length} nudges: nothing to say`)
  return doubts.every(({ level }) => level === 'note')
}

const addressOf = ({ config }: ConfigFile, id: string): string => {
  const { host, port, tls } = config.server
  const name = host.includes(':') ? `[${host}]` : host
  return `${tls === undefined ? 'http' : 'https'}://${name}:${port}/asks#${id}`
}

const preview = (io: Io, id: string, options: PreviewOptions): void => {
  const file = openFile(io, options)
  placeOf(file, id)
  if (options.out === undefined) return print(io, addressOf(file, id))
  try {
    writeFileSync(options.out, standalonePage(configuredAsks(file.config), id))
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError('failed', `${options.out} can't be written: ${(error as Error).message}`)
  }
  complain(io, `wrote ${options.out}: open it in a browser; nothing is sent anywhere`)
}

export const addAsks = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  const asks = program
    .command('asks')
    .description('what visitors are asked and told: list, add, remove, check, preview')
  where(asks.command('list'))
    .description('list asks and nudges, in the order in which they hold')
    .option('--json', 'as GET /v1/asks tells them')
    .action((options: ListOptions) => {
      list(io, options)
      done('ok')
    })
  where(asks.command('add'))
    .description('put an ask behind the others; changes the configuration')
    .argument('<json>', 'the ask as it stands in the configuration, or - to read it from stdin')
    .option('--nudge', 'it is a nudge')
    .action(async (json: string, options: AddOptions) => {
      await add(io, json, options)
      done('ok')
    })
  where(asks.command('remove'))
    .description('take an ask or a nudge out; changes the configuration')
    .argument('<id>', 'of the list')
    .action((id: string, options: WhereOptions) => {
      remove(io, id, options)
      done('ok')
    })
  where(asks.command('check'))
    .description('say what may not be meant so: asks that never come, missing languages, a loose budget')
    .action((options: WhereOptions) => done(check(io, options) ? 'ok' : 'failed'))
  where(asks.command('preview'))
    .description('print where a visitor’s view of it is shown, or write it to a file')
    .argument('<id>', 'of the list')
    .option('--out <file>', 'write one HTML file that needs no server')
    .action((id: string, options: PreviewOptions) => {
      preview(io, id, options)
      done('ok')
    })
}
