import { existsSync } from 'node:fs'
import type { Logger } from 'pino'
import { type Config, ConfigError, type Flags, loadConfig } from '../config/index.js'
import { DamagedFolder, FolderLocked } from '../embedded/index.js'
import { createLogger } from '../logger.js'
import type { RunningServer } from '../server.js'
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
const reload = async (server: RunningServer, read: () => Config, logger: Logger): Promise<void> => {
  try {
    const fixed = await server.reload(read())
    logger.info('the configuration was read again')
    if (fixed.length > 0) logger.warn({ paths: fixed }, 'these will only change with a restart')
  } catch (error) {
    const why = error instanceof ConfigError ? { problems: error.problems } : { err: error }
    logger.error(why, 'the configuration was not taken up')
  }
}

/** Runs a server until it is asked to end. Throws CliError. */
export const serve = async (io: Io, { config: named, logLevel, ...flags }: ServeOptions): Promise<void> => {
  const { startServer } = await import('../server.js')
  try {
    const read = (): Config => loadConfig({ file: configFile(io, named), env: io.env, flags })
    const config = read()
    const logger = createLogger(logLevel, io.stderr)
    const stopped = new Promise<void>(resolve => {
      if (io.signal.aborted) resolve()
      io.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    const starting = startServer({ config, logger })
    io.onHangup?.(() => void starting.then(server => reload(server, read, logger)).catch(() => {}))
    const server = await starting
    print(io, `listening on ${server.url}`)
    if (server.metricsUrl !== null) print(io, `metrics on ${server.metricsUrl}`)
    await stopped
    await server.close()
  } catch (error) {
    throw reasonOf(error) ?? error
  }
}
