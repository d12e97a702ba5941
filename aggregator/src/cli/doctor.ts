import type { Command } from 'commander'
import { type Flags, loadConfig } from '../config/index.js'
import { diagnose, type Finding } from '../doctor/index.js'
import { inspectFolder } from '../embedded/index.js'
import { CliError, type ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { configFile } from './serve.js'

interface DoctorOptions extends Flags {
  readonly config?: string
  readonly url?: string
  readonly token?: string
  readonly json?: boolean
}

const LEVEL_CHARS = 5
const CHECK_CHARS = 14

const parseUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^(https?|wss?):$/.test(url.protocol)) return new URL(text.replace(/^ws/, 'http'))
  throw new CliError('usage', `--url is no address: ${text}; write it as http://127.0.0.1:8700`)
}

const printFinding = (io: Io, { level, check, message, todo }: Finding): void => {
  print(io, `${level.padEnd(LEVEL_CHARS)} ${check.padEnd(CHECK_CHARS)} ${message}`)
  if (todo !== null) print(io, `${' '.repeat(LEVEL_CHARS + CHECK_CHARS + 2)}→ ${todo}`)
}

const doctor = async (io: Io, options: DoctorOptions): Promise<boolean> => {
  const { config: named, url, token, json = false, ...flags } = options
  const file = configFile(io, named)
  const { PULSSI_TOKEN } = io.env
  const findings = await diagnose({
    load: () => loadConfig({ file, env: io.env, flags }),
    file,
    url: url === undefined ? null : parseUrl(url),
    token: token ?? PULSSI_TOKEN,
    inspect: inspectFolder,
  })
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
    .option('--url <url>', 'a running server to look at too')
    .option('--token <token>', 'its token with the scope admin (PULSSI_TOKEN)')
    .option('--json', 'print JSON')
    .action(async (options: DoctorOptions) => {
      done((await doctor(io, options)) ? 'ok' : 'failed')
    })
}
