import { type Command, Option } from 'commander'
import { CliError, type ExitName } from './exits.js'
import { complain, type Io, print } from './io.js'
import { figureLines } from './load/figures.js'
import { type LoadPlan, runLoad } from './load/run.js'
import { keyOption, urlOption, wholeNumber } from './options.js'
import { Progress } from './progress.js'

/** Bounds of a run; beyond them the usage is wrong. */
const MOST = { events: 100_000_000, seconds: 600, rate: 1_000_000, connections: 1_000, batch: 100, visitors: 1_000_000 }
const DEFAULT_SECONDS = 10
/** Without --seconds a run of --events ends with these too. */
const LONGEST_SECONDS = MOST.seconds
const PROGRESS_MS = 200
const OWN_MACHINE = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

interface LoadOptions {
  readonly url: string
  readonly key: string
  readonly events?: number
  readonly seconds?: number
  readonly rate?: number
  readonly connections: number
  readonly batch: number
  readonly visitors: number
  readonly live?: true
  readonly token?: string
  readonly json?: true
  readonly thisServerIsMine?: true
}

/** Throws CliError: a load on a server of others is an attack. */
const mayLoad = (url: string, isMine: boolean): void => {
  if (isMine || !URL.canParse(url) || OWN_MACHINE.test(new URL(url.replace(/^ws/, 'http')).hostname)) return
  throw new CliError(
    'usage',
    `${url} is not on this machine: a load may bring it down. If it is yours, say --this-server-is-mine`,
  )
}

const planOf = (io: Io, options: LoadOptions): LoadPlan => {
  const { url, key, events = null, connections, batch, visitors, live = false } = options
  const { PULSSI_TOKEN } = io.env
  const token = options.token ?? PULSSI_TOKEN
  const seconds = options.seconds ?? (events === null ? DEFAULT_SECONDS : LONGEST_SECONDS)
  const reader = live ? { ...(token !== undefined && { token }) } : null
  return { url, key, events, seconds, ratePerSecond: options.rate ?? null, connections, batch, visitors, live: reader }
}

const load = async (io: Io, options: LoadOptions): Promise<ExitName> => {
  mayLoad(options.url, options.thisServerIsMine === true)
  const progress = new Progress(io, 1)
  let timer: NodeJS.Timeout | undefined
  try {
    const { figures, failure } = await runLoad(planOf(io, options), io.signal, run => {
      timer = setInterval(() => progress.draw(run.done, run.acknowledged), PROGRESS_MS)
    })
    progress.end()
    if (options.json === true) print(io, JSON.stringify(figures, null, 2))
    else for (const line of figureLines(figures)) print(io, line)
    if (failure !== null) throw failure
    const { refused, unanswered } = figures.events
    if (unanswered > 0 && figures.endedBy !== 'stopped') complain(io, `${unanswered} events were not acknowledged`)
    return refused > 0 ? 'rejected' : unanswered > 0 && figures.endedBy !== 'stopped' ? 'failed' : 'ok'
  } finally {
    clearInterval(timer)
    progress.end()
  }
}

export const addLoad = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  program
    .command('load')
    .description('put a bounded load of made-up visitors on a server of yours, and measure how it answers')
    .addOption(urlOption(io))
    .addOption(keyOption(io))
    .addOption(new Option('--events <count>', 'end after so many events').argParser(wholeNumber(1, MOST.events)))
    .addOption(
      new Option('--seconds <count>', `end after so long; ${DEFAULT_SECONDS} unless --events is set`).argParser(
        wholeNumber(1, MOST.seconds),
      ),
    )
    .addOption(
      new Option('--rate <events>', 'events a second in all; as fast as the acks come unless set').argParser(
        wholeNumber(1, MOST.rate),
      ),
    )
    .addOption(
      new Option('--connections <count>', `${MOST.connections} at most`)
        .argParser(wholeNumber(1, MOST.connections))
        .default(4),
    )
    .addOption(
      new Option('--batch <count>', `events a frame, ${MOST.batch} at most`)
        .argParser(wholeNumber(1, MOST.batch))
        .default(20),
    )
    .addOption(
      new Option('--visitors <count>', 'visitors in all, spread over the connections')
        .argParser(wholeNumber(1, MOST.visitors))
        .default(1_000),
    )
    .option('--live', 'subscribe too, and measure how long an event takes to a subscriber')
    .option('--token <token>', 'read token for --live, where the server asks for one (PULSSI_TOKEN)')
    .option('--this-server-is-mine', 'needed where the server is not on this machine')
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Its touchpoints are called load.*; they count in the roll-ups like any others. An event's time counts from when it was
due, so that what had to wait is not left out. Ctrl-C ends it with the figures so far. It ends with 5 where events were
refused, with 1 where some had no ack.`,
    )
    .action(async (options: LoadOptions) => {
      done(await load(io, options))
    })
}
