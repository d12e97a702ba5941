import { WINDOWS, type Window } from '@pulssi/protocol'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { VERSION } from '../version.js'
import { addAsks } from './asks.js'
import { addBackup } from './backup.js'
import { addCompact } from './compact.js'
import { addCompletion } from './completion.js'
import { addData } from './data.js'
import { addDev } from './dev.js'
import { addDoctor } from './doctor.js'
import { CliError, Exit, type ExitName, exitTable } from './exits.js'
import { groupCommands } from './help.js'
import { addHooks } from './hooks.js'
import { addInit } from './init.js'
import { complain, type Io } from './io.js'
import { addKeys } from './keys.js'
import { addLoad } from './load.js'
import { addNats } from './nats.js'
import { gathered, keyOption, urlOption, wholeNumber } from './options.js'
import { type ReplayOptions, replay } from './replay.js'
import { addRestore } from './restore.js'
import { type SendOptions, send } from './send.js'
import { type ServeOptions, serve } from './serve.js'
import { addSubject } from './subject.js'
import { type TailOptions, tail } from './tail.js'
import { addToken } from './token.js'
import { addVoice } from './voice.js'

const CONNECTIONS = 1_000

const isWindow = (text: string): text is Window => (WINDOWS as readonly string[]).includes(text)

const parseWindow = (text: string): Window => {
  if (isWindow(text)) return text
  throw new InvalidArgumentError(`It must be one of ${WINDOWS.join(', ')}.`)
}

const parseSpeed = (text: string): number => {
  const speed = Number(text)
  if (text.trim() !== '' && Number.isFinite(speed) && speed > 0) return speed
  throw new InvalidArgumentError('It must be a number over 0, such as 60.')
}

const windowOption = (fallback: Window): Option =>
  new Option('--window <window>', 'may be given several times')
    .choices(WINDOWS)
    .argParser(gathered(parseWindow))
    .default([fallback], fallback)

type Done = (exit: ExitName) => void

const rejectedOr = (count: number): ExitName => (count > 0 ? 'rejected' : 'ok')

const addServe = (program: Command, io: Io, done: Done): void => {
  const { PULSSI_LOG_LEVEL: logLevel = 'info' } = io.env
  program
    .command('serve')
    .description('run the aggregator: takes events, counts them, pushes the live pulse')
    .option('--config <file>', 'configuration; pulssi.config.json, if it is there (PULSSI_CONFIG)')
    .option('--host <address>', 'address to listen on; replaces server.host (PULSSI_HOST)')
    .option('--port <number>', 'port to listen on, 0 for any; replaces server.port (PULSSI_PORT)')
    .option('--data <folder>', 'where everything is kept; replaces server.dataDir (PULSSI_DATA)')
    .addOption(
      new Option(
        '--trust-proxy <cidr>',
        'believe the X-Forwarded-For of proxies in this range; may be given several',
      ).argParser(gathered((text: string) => text)),
    )
    .option(
      '--tls-cert <file>',
      'certificate chain, PEM: speak HTTPS and WSS; replaces server.tls.cert (PULSSI_TLS_CERT)',
    )
    .option('--tls-key <file>', 'its private key, PEM; replaces server.tls.key (PULSSI_TLS_KEY)')
    .option(
      '--nats <urls>',
      'run as a part of a cluster on these NATS servers; replaces server.nats.servers (PULSSI_NATS)',
    )
    .option('--role <roles>', 'what it does there, of gateway,worker,alerts; replaces server.roles (PULSSI_ROLE)')
    .option('--workers <count>', 'processes that serve partitions; replaces server.workers (PULSSI_WORKERS)')
    .option('--metrics-port <number>', 'port for the metrics alone; replaces server.metrics.port (PULSSI_METRICS_PORT)')
    .option('--clock <clock>', 'wall, or data to run old events as if they were live (PULSSI_CLOCK)')
    .addOption(
      new Option('--log-level <level>', 'how much to log (PULSSI_LOG_LEVEL)')
        .choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
        .default(logLevel),
    )
    .action(async (options: ServeOptions) => {
      await serve(io, options)
      done('ok')
    })
}

const addSend = (program: Command, io: Io, done: Done): void => {
  program
    .command('send')
    .description('send one event, or events from stdin, one JSON object a line')
    .argument('[event]', `such as '{"visitor":"v-1","kind":"enter","touchpoint":"checkout.payment"}'`)
    .addOption(urlOption(io))
    .addOption(keyOption(io))
    .option('--visitor <id>', 'visitor of the events that name none')
    .action(async (event: string | undefined, options: SendOptions) => {
      done(rejectedOr(await send(io, event, options)))
    })
}

const addTail = (program: Command, io: Io, done: Done): void => {
  program
    .command('tail')
    .description('watch the live pulse')
    .addOption(urlOption(io))
    .option('--token <token>', 'read token, where the server asks for one (PULSSI_TOKEN)')
    .addOption(
      new Option('--touchpoint <pattern>', 'name, or a start with * after it; may be given several times')
        .argParser(gathered((text: string) => text))
        .default(['*'], '*'),
    )
    .addOption(windowOption('5m'))
    .option('--json', 'one JSON object a line and update, with the pulses that changed')
    .option('--once', 'end after the first update')
    .action(async (options: TailOptions) => {
      const { PULSSI_TOKEN } = io.env
      await tail(io, PULSSI_TOKEN === undefined ? options : { token: PULSSI_TOKEN, ...options })
      done('ok')
    })
}

const addReplay = (program: Command, io: Io, done: Done): void => {
  program
    .command('replay')
    .description('replay a file of events (NDJSON, gzip or plain) to a server, or count it offline')
    .argument('<file>', 'one JSON event a line, in order of time')
    .option('--config <file>', 'configuration, for its journey map; offline only')
    .option('--offline', 'count here, without a server, and print what GET /v1/journey would')
    .addOption(windowOption('total'))
    .addOption(urlOption(io))
    .addOption(keyOption(io))
    .addOption(
      new Option('--connections <count>', 'connections to spread the visitors over')
        .argParser(wholeNumber(1, CONNECTIONS))
        .default(1),
    )
    .addOption(
      new Option('--speed <factor>', 'so many times as fast as it happened; else as fast as it goes').argParser(
        parseSpeed,
      ),
    )
    .action(async (file: string, options: ReplayOptions) => {
      done(rejectedOr(await replay(io, file, options)))
    })
}

const buildProgram = (io: Io, done: Done): Command => {
  const program = new Command('pulssi')
    .description('The live pulse of a customer journey.')
    .version(VERSION)
    .showHelpAfterError('(add --help for all options)')
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
    })
    .exitOverride()
    .addHelpText('after', `\n${exitTable()}`)
  for (const add of [
    addDev,
    addServe,
    addSend,
    addTail,
    addReplay,
    addLoad,
    addBackup,
    addRestore,
    addCompact,
    addSubject,
    addAsks,
    addVoice,
    addKeys,
    addToken,
    addHooks,
    addDoctor,
    addNats,
    addData,
    addCompletion,
    addInit,
  ])
    add(program, io, done)
  groupCommands(program)
  for (const command of program.commands)
    command.copyInheritedSettings(program).addHelpText('after', `\n${exitTable()}`)
  return program
}

/** Runs one command line (without the names of the program and of Node); resolves with the exit code. */
export const run = async (io: Io, args: readonly string[]): Promise<number> => {
  let exit: ExitName = 'ok'
  const program = buildProgram(io, name => {
    exit = name
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return Exit[exit].code
  } catch (error) {
    // Commander has told the user already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.ok.code : Exit.usage.code
    const isOurs = error instanceof CliError
    complain(io, `pulssi: ${error instanceof Error ? error.message : String(error)}`)
    const { PULSSI_DEBUG } = io.env
    if (!isOurs && PULSSI_DEBUG !== undefined && error instanceof Error) complain(io, error.stack ?? '')
    return Exit[isOurs ? error.exit : 'failed'].code
  }
}
