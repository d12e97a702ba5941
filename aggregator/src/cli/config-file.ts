import {
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { ConfigError, checkShape, type Environment } from '../config/index.js'
import { CliError } from './exits.js'
import { withList } from './json-text.js'

/** It holds secrets: its owner's alone. */
const MODE = 0o600

type Entry = Readonly<Record<string, unknown>>

/** A configuration file as it is written, for commands that change a list of it. */
export class ConfigFile {
  readonly path: string
  readonly #text: string
  readonly #value: Readonly<Record<string, unknown>>

  /** A file that isn't there yet counts as empty. Throws CliError where it can't be used. */
  constructor(path: string) {
    this.path = existsSync(path) ? realpathSync(path) : path
    this.#text = existsSync(path) ? readFileSync(path, 'utf8') : '{}\n'
    this.#value = parsed(path, this.#text)
  }

  list(name: 'keys' | 'readTokens' | 'jwt'): readonly Entry[] {
    return (this.#value[name] as readonly Entry[] | undefined) ?? []
  }

  /** Without keys and tokens everyone on the machine may write and read; the first one ends that. */
  get open(): boolean {
    return (['keys', 'readTokens', 'jwt'] as const).every(name => this.list(name).length === 0)
  }

  /** Puts a list in place, all of it or nothing, and only if the whole is a good configuration. */
  replace(name: 'keys' | 'readTokens', entries: readonly Entry[]): void {
    const text = withList(this.#text, name, entries)
    parsed(this.path, text)
    const fresh = join(dirname(this.path), `.${basename(this.path)}.${process.pid}`)
    try {
      const file = openSync(fresh, 'wx', MODE)
      try {
        writeSync(file, text)
        if (existsSync(this.path)) keepOwner(file, this.path)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(fresh, this.path)
    } catch (error) {
      rmSync(fresh, { force: true })
      throw new CliError('config', `${this.path} can't be written: ${(error as Error).message}`)
    }
  }

  /** What to do so that a running server takes up the change; `env` may name another data folder. */
  hint(env: Environment): string {
    const { PULSSI_DATA } = env
    const { server } = this.#value as { server?: { dataDir?: string } }
    const pid = ownerOf(PULSSI_DATA ?? server?.dataDir ?? '.pulssi')
    return pid === null
      ? 'a server that runs takes it up on SIGHUP: kill -HUP PID'
      : `the server that runs takes it up on SIGHUP: kill -HUP ${pid}`
  }
}

const parsed = (path: string, text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    checkShape(value, path)
    return value as Readonly<Record<string, unknown>>
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError('config', error.message)
    throw new CliError('config', `${path} is no JSON: ${(error as Error).message}`)
  }
}

/** Root may edit what a server of another user reads. */
const keepOwner = (file: number, path: string): void => {
  const { uid, gid } = statSync(path)
  if (process.getuid?.() !== uid) fchownSync(file, uid, gid)
}

/** The process that holds a data folder on this machine, as its lock says. */
const ownerOf = (dataDir: string): number | null => {
  try {
    const { pid, host } = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')) as { pid: number; host: string }
    if (host !== hostname()) return null
    // Throws where that process is gone.
    process.kill(pid, 0)
    return pid
  } catch {
    return null
  }
}
