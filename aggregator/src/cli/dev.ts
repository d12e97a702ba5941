import { createWriteStream, existsSync, mkdirSync, type WriteStream } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseConfig } from '../config/index.js'
import { createLogger } from '../logger.js'
import type { DemoHost, DemoModule, DemoServer } from './demo-host.js'
import { CliError, type ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { wholeNumber } from './options.js'
import { reasonOf } from './serve.js'

const DEFAULT_PORT = 8700
const LAST_PORT = 65_535
/** Not the folder of `serve`: nobody wants a demo's visitors among their own. */
const DEFAULT_FOLDER = '.pulssi-demo'
const DEFAULT_RATE = 4
/** Beyond it the visitors cost more than what they are to show. */
const MOST_RATE = 100
/** The server takes nothing that is a day old. */
const PAST_HOURS = 23
const LOG_FILE = 'demo.log'

export interface DevOptions {
  readonly port: number
  readonly data: string
  readonly rate: number
  readonly past: number
  readonly visitors: boolean
  readonly seed?: number
}

const parseRate = (text: string): number => {
  const rate = Number(text)
  if (text.trim() !== '' && rate > 0 && rate <= MOST_RATE) return rate
  throw new InvalidArgumentError(`It must be a number over 0, ${MOST_RATE} at most.`)
}

/** The demo is made by the build and lies beside the compiled command. */
const loadDemo = async (): Promise<DemoModule> => {
  const file = new URL('../demo/index.js', import.meta.url)
  if (!existsSync(file)) throw new CliError('failed', 'the demo is not built here: run npm run build first')
  return (await import(file.href)) as DemoModule
}

const openLog = (folder: string): WriteStream => {
  mkdirSync(folder, { recursive: true })
  const log = createWriteStream(join(folder, LOG_FILE), { flags: 'a' })
  // A log that can't be written is no reason to end what can still be shown.
  return log.on('error', () => undefined)
}

/** Starts the server, which writes to this log; `fail` hears when it can't go on. */
const serving =
  (io: Io, folder: string, log: WriteStream, fail: (error: Error) => void): DemoHost['serve'] =>
  async (config, env): Promise<DemoServer> => {
    const { startServer } = await import('../server.js')
    const { server, ...others } = config as { server?: object }
    const whole = { ...others, server: { ...server, host: '127.0.0.1', dataDir: folder } }
    const parsed = parseConfig(whole, 'the demo’s configuration', { ...io.env, ...env })
    const isFresh = !existsSync(join(folder, 'log'))
    const running = await startServer({ config: parsed, logger: createLogger('info', log), onFatal: fail })
    return { url: running.url, isFresh, stop: () => running.close() }
  }

/** Runs the demo until it is asked to end. Throws CliError. */
export const dev = async (io: Io, options: DevOptions): Promise<void> => {
  const { startDemo } = await loadDemo()
  const folder = resolve(options.data)
  const log = openLog(folder)
  let fail: (error: Error) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => undefined)
  const asked = new Promise<void>(done => {
    if (io.signal.aborted) done()
    io.signal.addEventListener('abort', () => done(), { once: true })
  })
  try {
    const demo = await startDemo({
      port: options.port,
      visitorsPerSecond: options.visitors ? options.rate : 0,
      seed: options.seed ?? io.now(),
      pastHours: options.past,
      signal: io.signal,
      say: line => print(io, line),
      serve: serving(io, folder, log, fail),
    })
    try {
      await Promise.race([asked, failed])
    } finally {
      await demo.stop()
    }
  } catch (error) {
    if (io.signal.aborted) return
    throw reasonOf(error) ?? new CliError('failed', `${(error as Error).message}\nMore is in ${join(folder, LOG_FILE)}`)
  } finally {
    log.end()
  }
}

export const addDev = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  program
    .command('dev')
    .description('run a demo: server, a small shop, simulated visitors, a phone desk, a receiver of hooks')
    .addOption(
      new Option('--port <number>', 'the first port to try, 0 for any; the shop takes one from ten more on')
        .argParser(wholeNumber(0, LAST_PORT))
        .default(DEFAULT_PORT),
    )
    .option('--data <folder>', 'where the demo keeps its data', DEFAULT_FOLDER)
    .addOption(
      new Option('--rate <number>', 'visitors who come a second, on average')
        .argParser(parseRate)
        .default(DEFAULT_RATE),
    )
    .addOption(
      new Option('--past <hours>', 'for how long they have been coming when the folder is new; 0: since now')
        .argParser(wholeNumber(0, PAST_HOURS))
        .default(PAST_HOURS),
    )
    .addOption(
      new Option('--seed <number>', 'the same visitors again').argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
    )
    .option('--no-visitors', 'nobody but you visits the shop')
    .action(async (options: DevOptions) => {
      await dev(io, options)
      done('ok')
    })
}
