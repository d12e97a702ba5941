import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { ConfigError, parseConfig } from '../config/index.js'
import { CliError, type ExitName } from './exits.js'
import {
  type Answers,
  BadAnswer,
  DEFAULT_ORIGIN,
  DEFAULT_STEPS,
  parseHook,
  parseOrigins,
  parseProject,
  parseSteps,
  parseYes,
  projectFrom,
} from './init/answers.js'
import { configurationOf, type Made, textOf } from './init/configuration.js'
import { Prompt } from './init/prompt.js'
import { type Io, print } from './io.js'
import { DEFAULT_FILE } from './serve.js'

/** It holds keys: its owner's alone. */
const MODE = 0o600

interface InitOptions {
  readonly config?: string
  readonly yes?: true
  readonly project?: string
  readonly origin?: readonly string[]
  readonly touchpoint?: readonly string[]
  readonly hook?: string
  readonly service?: boolean
}

/** Asks for one thing: by its flag, else a person, else nobody. */
type Ask = <Value>(
  given: string | undefined,
  question: string,
  fallback: string,
  parse: (text: string) => Value,
) => Promise<Value>

const asker =
  (prompt: Prompt | null): Ask =>
  async (given, question, fallback, parse) => {
    if (given === undefined && prompt !== null) return prompt.ask(question, fallback, parse)
    try {
      return parse(given ?? fallback)
    } catch (error) {
      throw error instanceof BadAnswer ? new CliError('usage', error.message) : error
    }
  }

const answersOf = async (ask: Ask, folder: string, options: InitOptions): Promise<Answers> => {
  const { project, origin, touchpoint, hook, service } = options
  return {
    project: await ask(project, 'What is the project called?', projectFrom(folder), parseProject),
    origins: await ask(origin?.join(' '), 'Where do its pages live?', DEFAULT_ORIGIN, parseOrigins),
    steps: await ask(
      touchpoint?.join(' '),
      'Which steps does a journey have, in their order (name, or name=stage)?',
      DEFAULT_STEPS,
      parseSteps,
    ),
    hook: await ask(hook, 'Where shall alerts go (address of a webhook; empty: nowhere yet)?', '', parseHook),
    service: await ask(
      service === undefined ? undefined : service ? 'y' : 'n',
      'Does a service, such as a phone desk or a till, send events too (y/n)?',
      'n',
      parseYes,
    ),
  }
}

/** Whether the file may be written. Throws CliError where one is there and nobody can be asked. */
const mayWrite = async (path: string, prompt: Prompt | null): Promise<boolean> => {
  if (!existsSync(path)) return true
  if (prompt === null) {
    throw new CliError('usage', `${path} is there already: move it away, or name another with --config`)
  }
  return prompt.ask(`${path} is there already. Replace it, and keep it as ${basename(path)}.old (y/n)?`, 'n', parseYes)
}

const write = (path: string, { value }: Made): void => {
  try {
    parseConfig(value)
  } catch (error) {
    throw error instanceof ConfigError ? new CliError('config', error.message) : error
  }
  const fresh = join(dirname(path), `.${basename(path)}.${process.pid}`)
  try {
    const file = openSync(fresh, 'wx', MODE)
    try {
      writeSync(file, textOf(value))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (existsSync(path)) renameSync(path, `${path}.old`)
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw new CliError('config', `${path} can't be written: ${(error as Error).message}`)
  }
}

const nextSteps = (path: string, { pageKey, readToken, serviceKey }: Made, { origins, steps }: Answers): string[] => {
  const named = path === resolve(DEFAULT_FILE) ? '' : ` --config ${path}`
  const secrets = [
    ['read token, for the screen', readToken],
    ...(serviceKey === null ? [] : [['key of the service', serviceKey]]),
  ]
  return [
    `wrote ${path}, which only its owner can read. It has only the hashes of these, which are shown this once:`,
    '',
    ...secrets.map(([name, secret]) => `  ${name}: ${secret}`),
    '',
    'Next:',
    `  1  pulssi serve${named}`,
    '  2  open http://127.0.0.1:8700/ and give it the read token',
    `  3  put this into the pages of ${origins.join(', ')}:`,
    '',
    '     <script async src="http://127.0.0.1:8700/sdk/marks.min.js"',
    `       data-url="ws://127.0.0.1:8700" data-key="${pageKey}"></script>`,
    `     <body data-pulssi-touchpoint="${steps[0]?.touchpoint ?? 'shop.home'}">`,
    '',
    '  4  pulssi doctor --page ADDRESS says whether the events of a page arrive',
  ]
}

const init = async (io: Io, options: InitOptions): Promise<void> => {
  const { PULSSI_CONFIG } = io.env
  const path = resolve(options.config ?? PULSSI_CONFIG ?? DEFAULT_FILE)
  const isAsked = options.yes !== true
  if (isAsked && io.stdin.isTTY !== true) {
    throw new CliError('usage', 'nobody can be asked here: give --yes, and what differs from the defaults as options')
  }
  const prompt = isAsked ? new Prompt(io) : null
  try {
    if (!(await mayWrite(path, prompt))) throw new CliError('failed', `${path} was left as it is`)
    const answers = await answersOf(asker(prompt), basename(dirname(path)), options)
    const made = configurationOf(answers)
    write(path, made)
    for (const line of nextSteps(path, made, answers)) print(io, line)
  } finally {
    prompt?.close()
  }
}

export const addInit = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  program
    .command('init')
    .description('ask a few questions and write a configuration, with its keys')
    .option('--config <file>', 'where to write it; pulssi.config.json unless set (PULSSI_CONFIG)')
    .option('--yes', 'ask nothing: what no option says has its default')
    .option('--project <name>', "name of the project; the folder's unless set")
    .option('--origin <origin...>', `where its pages live; ${DEFAULT_ORIGIN} unless set`)
    .option('--touchpoint <name...>', 'steps of the journey in their order, each NAME or NAME=STAGE')
    .option('--hook <url>', 'where alerts go: a webhook, or one of Slack or Teams')
    .option('--service', 'make a key for a service too')
    .action(async (options: InitOptions) => {
      await init(io, options)
      done('ok')
    })
}
