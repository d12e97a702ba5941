import { type Command, Option } from 'commander'
import { type ClusterPlace, ConfigError, loadConfig, natsOptions } from '../config/index.js'
import { sizeText } from '../doctor/index.js'
import { type AccountCard, NatsSurvey, NatsUnusable, type Surveyed } from '../nats/index.js'
import { CliError, type ExitName } from './exits.js'
import { type Io, print } from './io.js'
import { wholeNumber } from './options.js'
import { configFile } from './serve.js'

const PARTITIONS = 256

interface InitOptions {
  readonly config?: string
  readonly nats?: string
  readonly replicas?: string
  readonly streamBytes?: number
  readonly partitions?: number
  readonly apply?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** What became of a part; `left`: it is there and would be changed, if so it was asked. */
type Outcome = 'fits' | 'made' | 'changed' | 'missing' | 'left' | 'wrong'

interface Row {
  readonly stream: string
  readonly outcome: Outcome
  readonly says: string
}

const placeOf = (io: Io, { config: named, nats, replicas, streamBytes, partitions }: InitOptions): ClusterPlace => {
  const config = loadConfig({ file: configFile(io, named), env: io.env, flags: { nats } })
  return {
    ...natsOptions(config, 'init'),
    ...(replicas === undefined ? {} : { replicas: Number(replicas) }),
    ...(streamBytes === undefined ? {} : { streamBytes }),
    ...(partitions === undefined ? {} : { partitions }),
  }
}

/** Without a word, only what isn't there is made: what is there may be in use. */
const isWanted = ({ step }: Surveyed, { apply = false, dryRun = false }: InitOptions): boolean =>
  !dryRun && (step.is === 'make' || (step.is === 'change' && apply))

const saysOf = ({ info, step }: Surveyed): string => {
  const kept = info === null ? [] : [`${info.config.num_replicas} replicas, ${sizeText(info.state.bytes)}`]
  const changes = step.is === 'change' ? step.changes : []
  const stays = step.stays.map(text => `${text}: it stays so`)
  return step.is === 'wrong' ? step.why : [...changes, ...stays, ...kept].join('; ')
}

const OUTCOMES = {
  fits: ['fits', 'fits'],
  wrong: ['wrong', 'wrong'],
  make: ['made', 'missing'],
  change: ['changed', 'left'],
} as const

const rowOf = async (survey: NatsSurvey, surveyed: Surveyed, options: InitOptions): Promise<Row> => {
  const { part, step } = surveyed
  const wanted = isWanted(surveyed, options)
  const { stream } = part
  try {
    if (wanted) await survey.apply(surveyed)
    return { stream, outcome: OUTCOMES[step.is][wanted ? 0 : 1], says: saysOf(surveyed) }
  } catch (error) {
    return { stream, outcome: 'wrong', says: `the server refuses it: ${(error as Error).message}` }
  }
}

const limitText = (limit: number, text: (limit: number) => string): string => (limit < 0 ? 'no limit' : text(limit))

const accountLine = ({ partitions, replicas, streamBytes }: ClusterPlace, account: AccountCard): string => {
  const needBytes = streamBytes === undefined ? null : partitions * streamBytes * replicas
  const { streams, mostStreams, storageBytes, mostStorageBytes } = account
  return [
    `the account has ${streams} streams (${limitText(mostStreams, String)}; this project needs ${partitions + 2})`,
    `${sizeText(storageBytes)} stored (${limitText(mostStorageBytes, sizeText)}; ` +
      `the log may take ${needBytes === null ? 'all of it: set streamBytes' : sizeText(needBytes)})`,
  ].join(', ')
}

const WELL: readonly Outcome[] = ['fits', 'made', 'changed']
const OUTCOME_CHARS = 8

const printRows = (io: Io, rows: readonly Row[]): void => {
  const width = Math.max(...rows.map(({ stream }) => stream.length))
  for (const { stream, outcome, says } of rows)
    print(io, `${outcome.padEnd(OUTCOME_CHARS)} ${stream.padEnd(width)}  ${says}`.trimEnd())
}

const SYNC =
  'One replica, and a server that syncs in its own time, may lose what it acknowledged when the power fails: ' +
  'take 3 replicas, and sync_interval: always in the jetstream block of each server'

const tellOf = (rows: readonly Row[]): string[] => [
  ...(rows.some(({ outcome }) => outcome === 'missing') ? ['Run it without --dry-run to make what is missing.'] : []),
  ...(rows.some(({ outcome }) => outcome === 'left') ? ['Run it with --apply to change what is there.'] : []),
]

/** Resolves with whether all is as asked, once it was told what is. */
const init = async (io: Io, options: InitOptions): Promise<boolean> => {
  const place = placeOf(io, options)
  const survey = await NatsSurvey.open(place)
  try {
    const rows: Row[] = []
    for (const surveyed of await survey.parts()) rows.push(await rowOf(survey, surveyed, options))
    const account = await survey.account()
    const isWell = rows.every(({ outcome }) => WELL.includes(outcome))
    if (options.json === true) {
      print(
        io,
        JSON.stringify(
          { well: isWell, project: place.project, server: survey.server, account, streams: rows },
          null,
          2,
        ),
      )
      return isWell
    }
    printRows(io, rows)
    print(io, accountLine(place, account))
    if (place.replicas === 1) print(io, SYNC)
    for (const line of tellOf(rows)) print(io, line)
    return isWell
  } finally {
    await survey.close()
  }
}

/** The error as a user is told it. */
const toldOf = (error: unknown): unknown => {
  if (error instanceof ConfigError) return new CliError('config', error.message)
  if (!(error instanceof NatsUnusable)) return error
  return new CliError(error.why === 'unfit' ? 'config' : 'refused', error.message)
}

export const addNats = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  const nats = program.command('nats').description('make and check what a cluster needs of its NATS servers')
  nats
    .command('init')
    .description('make the streams and buckets of the project that are missing, and say how the others differ')
    .option('--config <file>', 'configuration; pulssi.config.json, if it is there (PULSSI_CONFIG)')
    .option('--nats <urls>', 'the servers, by commas; replaces server.nats.servers (PULSSI_NATS)')
    .addOption(new Option('--replicas <count>', 'in place of server.nats.replicas').choices(['1', '3', '5']))
    .addOption(
      new Option('--stream-bytes <bytes>', 'of a partition; in place of server.nats.streamBytes').argParser(
        wholeNumber(1, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(
      new Option('--partitions <count>', 'in place of server.partitions').argParser(wholeNumber(1, PARTITIONS)),
    )
    .option('--apply', 'also change what is there and is smaller than asked; nothing is ever made smaller')
    .addOption(new Option('--dry-run', 'make and change nothing').conflicts('apply'))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nIt ends with 1 where anything is not as asked in the end.')
    .action(async (options: InitOptions) => {
      const isWell = await init(io, options).catch((error: unknown) => {
        throw toldOf(error)
      })
      done(isWell ? 'ok' : 'failed')
    })
}
