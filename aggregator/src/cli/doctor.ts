import type { Command } from 'commander'
import { type Flags, loadConfig } from '../config/index.js'
import { diagnose, diagnosePage, type Finding } from '../doctor/index.js'
import { inspectFolder } from '../embedded/index.js'
import { CliError, type ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { configFile } from './serve.js'

interface DoctorOptions extends Flags {
  readonly config?: string
  readonly url?: string
  readonly token?: string
  readonly page?: string
  readonly key?: string
  readonly json?: boolean
}

const LEVEL_CHARS = 5
const CHECK_CHARS = 14

const parseUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^(https?|wss?):$/.test(url.protocol)) return new URL(text.replace(/^ws/, 'http'))
  throw new CliError('usage', `--url is no address: ${text}; write it as http://127.0.0.1:8700`)
}

const parsePage = (text: string): URL => {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text)
  throw new CliError('usage', `--page is no address of a page: ${text}; write it as https://shop.example/`)
}

const printFinding = (io: Io, { level, check, message, todo }: Finding): void => {
  print(io, `${level.padEnd(LEVEL_CHARS)} ${check.padEnd(CHECK_CHARS)} ${message}`)
  if (todo !== null) print(io, `${' '.repeat(LEVEL_CHARS + CHECK_CHARS + 2)}→ ${todo}`)
}

const examinePage = (page: string, { url, key }: DoctorOptions): Promise<Finding[]> =>
  diagnosePage({ page: parsePage(page), server: url === undefined ? undefined : parseUrl(url).href, key })

const examine = (io: Io, options: DoctorOptions): Promise<Finding[]> => {
  const { config: named, url, token, page, key, json, ...flags } = options
  const file = configFile(io, named)
  const { PULSSI_TOKEN } = io.env
  return diagnose({
    load: () => loadConfig({ file, env: io.env, flags }),
    file,
    url: url === undefined ? null : parseUrl(url),
    token: token ?? PULSSI_TOKEN,
    inspect: inspectFolder,
  })
}

const doctor = async (io: Io, options: DoctorOptions): Promise<boolean> => {
  const { page, json = false } = options
  const findings = await (page === undefined ? examine(io, options) : examinePage(page, options))
  const failed = findings.filter(({ level }) => level === 'fail').length
  if (json) print(io, JSON.stringify({ well: failed === 0, findings }, null, 2))
  else for (const finding of findings) printFinding(io, finding)
  return failed === 0
}

export const addDoctor = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  program
    .command('doctor')
    .description('check configuration, machine, ports, disk and clock, and say what to do')
    .option('--config <file>', 'configuration; pulssi.config.json, if it is there (PULSSI_CONFIG)')
    .option('--data <folder>', 'data folder to check; replaces server.dataDir (PULSSI_DATA)')
    .option(
      '--nats <urls>',
      'NATS servers of a cluster, in place of the data folder; replaces server.nats.servers (PULSSI_NATS)',
    )
    .option(
      '--url <url>',
      "a running server to look at too; with --page: the one that the page sends to, where its markup doesn't tell",
    )
    .option('--token <token>', 'its token with the scope admin (PULSSI_TOKEN)')
    .option('--page <url>', 'instead: a page that carries the SDK; what may keep its events from their server')
    .option('--key <key>', "with --page: the page's key, where its markup doesn't tell")
    .option('--json', 'print JSON')
    .addHelpText('after', '\nIt ends with 1 where anything failed; what is only warned of is no failure.')
    .action(async (options: DoctorOptions) => {
      done((await doctor(io, options)) ? 'ok' : 'failed')
    })
}
