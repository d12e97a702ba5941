import type { Command } from 'commander'
import { ConfigError, loadConfig, natsOptions } from '../config/index.js'
import { NatsUnusable, ProjectInUse, ServerTooOld } from '../nats/index.js'
import { BadArchive, type ClusterPlace, FolderInUse, restore, restoreCluster } from '../ops/index.js'
import { CliError, type ExitName } from './exits.js'
import { complain, type Io, print } from './io.js'
import { configFile } from './serve.js'

interface RestoreOptions {
  readonly data?: string
  readonly nats?: string
  readonly config?: string
  readonly again?: true
}

/** The place for the backup, not the backup, is what must be changed. */
const OF_THE_PLACE = [FolderInUse, ProjectInUse, ServerTooOld, ConfigError]

const reasonOf = (error: unknown, file: string, { signal }: Io): unknown => {
  if (signal.aborted) return new CliError('failed', 'stopped before the end; nothing was kept')
  if (error instanceof BadArchive) return new CliError('failed', error.message)
  if (OF_THE_PLACE.some(kind => error instanceof kind)) return new CliError('config', (error as Error).message)
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? new CliError('usage', `there is no file ${file}`) : error
}

const toFolder = async (io: Io, file: string, data: string): Promise<void> => {
  const { createdAt, partitions } = await restore(file, data, io.signal)
  print(io, JSON.stringify({ data, createdAt, partitions }))
}

/** How to get in, replicas and the project's name are those of the configuration. */
const toCluster = async (
  io: Io,
  file: string,
  urls: string,
  { config: named, again }: RestoreOptions,
): Promise<void> => {
  const config = loadConfig({ file: configFile(io, named), env: io.env, flags: { nats: urls } })
  const { partitions: _, ...place } = natsOptions(config, 'restore')
  const { project } = config
  const { createdAt, partitions } = await restoreCluster(file, withAgain(place, again === true), io.signal).catch(
    error => {
      throw isUnreachable(error) ? new CliError('refused', (error as Error).message) : error
    },
  )
  print(io, JSON.stringify({ project, createdAt, partitions }))
  if (config.server.partitions !== partitions) {
    complain(io, `the backup has ${partitions} partitions, and so has the project now: set server.partitions to that`)
  }
}

const withAgain = (place: ClusterPlace, isAgain: boolean): ClusterPlace => ({ ...place, isAgain })

const isUnreachable = (error: unknown): boolean => error instanceof NatsUnusable && error.why !== 'unfit'

export const addRestore = (program: Command, io: Io, done: (exit: ExitName) => void): void => {
  program
    .command('restore')
    .description('make a data folder, or a project of a cluster, from a backup, once all of it is found whole')
    .argument('<file>', 'a backup')
    .option('--data <folder>', 'the folder to make; it must not be there yet, or be empty')
    .option('--nats <urls>', 'or the NATS servers of the cluster, by commas; nothing of the project may be there yet')
    .option('--config <file>', 'with --nats: the configuration with the project’s name and how to get in')
    .option(
      '--again',
      'with --nats: take away what a restore that was cut off has left, or streams with nothing in them',
    )
    .action(async (file: string, options: RestoreOptions) => {
      const { data, nats } = options
      if ((data === undefined) === (nats === undefined)) throw new CliError('usage', 'say either --data or --nats')
      try {
        if (data !== undefined) await toFolder(io, file, data)
        else if (nats !== undefined) await toCluster(io, file, nats, options)
      } catch (error) {
        throw reasonOf(error, file, io)
      }
      done('ok')
    })
}
