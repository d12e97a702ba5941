import { existsSync } from 'node:fs'
import type { Logger } from 'pino'
import { type Config, ConfigError, type Flags, loadConfig } from '../config/index.js'
import { DamagedFolder, FolderLocked } from '../embedded/index.js'
import { createLogger } from '../logger.js'
import { NatsUnusable } from '../nats/index.js'
import type { Member } from '../server.js'
import { crewNumber, followingParent, partOf, startCrew } from './crew.js'
import { CliError } from './exits.js'
import { type Io, print } from './io.js'

export const DEFAULT_FILE = 'pulssi.config.json'

/** The file named, else the usual one where there is one, else none: everything then has its default. */
export const configFile = (io: Io, named: string | undefined): string | undefined => {
  const { PULSSI_CONFIG } = io.env
  return named ?? PULSSI_CONFIG ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined)
}

/** The error as a user is told it, where it is one of those that they can do something about. */
export const reasonOf = (error: unknown): CliError | null => {
  if (error instanceof ConfigError || error instanceof DamagedFolder || error instanceof FolderLocked) {
    return new CliError('config', error.message)
  }
  if (error instanceof NatsUnusable) return new CliError(error.why === 'unfit' ? 'config' : 'refused', error.message)
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (syscall === 'listen') {
    const how = code === 'EADDRINUSE' ? 'another process listens there: stop it, or choose another --port' : message
    return new CliError('failed', `can't listen: ${how}`)
  }
  return (error as Error).name === 'StartRefused' ? new CliError('config', message) : null
}

export interface ServeOptions extends Flags {
  readonly config?: string
  readonly logLevel: string
}

/** A configuration that can't be used changes nothing: the old one stays in force. */
const reload = async (member: Member, read: () => Config, logger: Logger): Promise<void> => {
  try {
    const fixed = await member.reload(read())
    logger.info('the configuration was read again')
    if (fixed.length > 0) logger.warn({ paths: fixed }, 'these will only change with a restart')
  } catch (error) {
    const why = error instanceof ConfigError ? { problems: error.problems } : { err: error }
    logger.error(why, 'the configuration was not taken up')
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Tells where it listens, or what it does where it doesn't. */
const announce = (io: Io, { server, metricsUrl }: Member, { server: { roles } }: Config): void => {
  print(io, server === null ? `serving as ${roles.join(', ')}` : `listening on ${server.url}`)
  if (metricsUrl !== null) print(io, `metrics on ${metricsUrl}`)
}

/** Runs a server, or its part in a cluster, until it is asked to end. Throws CliError. */
export const serve = async (io: Io, { config: named, logLevel, ...flags }: ServeOptions): Promise<void> => {
  const { startMember } = await import('../server.js')
  try {
    const number = crewNumber(io.env)
    const whole = (): Config => loadConfig({ file: configFile(io, named), env: io.env, flags })
    const read = (): Config => partOf(whole(), number)
    const config = read()
    const plain = createLogger(logLevel, io.stderr)
    const logger = number === null ? plain : plain.child({ worker: number })
    const stopped = aborted(number === null ? io.signal : followingParent(io.signal))
    const crew = config.server.workers > 1 ? startCrew(config.server.workers, io.env, logger) : null
    try {
      if (config.server.roles.length === 0) {
        print(io, `serving as worker, in ${config.server.workers} processes`)
        return await stopped
      }
      const starting = startMember({ config, logger })
      io.onHangup?.(() => void starting.then(member => reload(member, read, logger)).catch(() => {}))
      const member = await starting
      announce(io, member, config)
      await stopped
      await Promise.all([member.close(), crew?.close()])
    } finally {
      await crew?.close()
    }
  } catch (error) {
    throw reasonOf(error) ?? error
  }
}
