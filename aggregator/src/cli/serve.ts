import { existsSync } from 'node:fs'
import { pino } from 'pino'
import { ConfigError, type Flags, loadConfig } from '../config/index.js'
import { DamagedLog, FolderLocked } from '../embedded/index.js'
import { CliError } from './exits.js'
import { type Io, print } from './io.js'

export const DEFAULT_FILE = 'pulssi.config.json'

/** The file named, else the usual one where there is one, else none: everything then has its default. */
export const configFile = (io: Io, named: string | undefined): string | undefined => {
  const { PULSSI_CONFIG } = io.env
  return named ?? PULSSI_CONFIG ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined)
}

const reasonOf = (error: unknown): CliError | null => {
  if (error instanceof ConfigError || error instanceof DamagedLog || error instanceof FolderLocked) {
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

/** Runs a server until it is asked to end. Throws CliError. */
export const serve = async (io: Io, { config: named, logLevel, ...flags }: ServeOptions): Promise<void> => {
  const { startServer } = await import('../server.js')
  try {
    const config = loadConfig({ file: configFile(io, named), env: io.env, flags })
    const logger = pino({ level: logLevel }, io.stderr)
    const stopped = new Promise<void>(resolve => {
      if (io.signal.aborted) resolve()
      io.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    const server = await startServer({ config, logger })
    print(io, `listening on ${server.url}`)
    await stopped
    await server.close()
  } catch (error) {
    throw reasonOf(error) ?? error
  }
}
