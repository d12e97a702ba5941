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
import { type Config, ConfigError, checkShape, type Environment, readJson } from '../config/index.js'
import { CliError } from './exits.js'
import { withItem, withList, withoutItem } from './json-text.js'

/** It holds secrets: its owner's alone. */
const MODE = 0o600

type Entry = Readonly<Record<string, unknown>>
type Value = Readonly<Record<string, unknown>>

/** A configuration file as it is written, for commands that change a list of it. */
export class ConfigFile {
  readonly path: string
  /** With every default; secrets as they are written. */
  readonly config: Config
  readonly #text: string
  readonly #value: Value

  /** A file that isn't there yet counts as empty. Throws CliError where it can't be used. */
  constructor(path: string) {
    this.path = existsSync(path) ? realpathSync(path) : path
    this.#text = existsSync(path) ? readFileSync(path, 'utf8') : '{}\n'
    const { value, config } = parsed(path, this.#text)
    this.#value = value
    this.config = config
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
    this.#write(withList(this.#text, name, entries))
  }

  /** Puts an entry behind the others of a list, under the same conditions. */
  add(name: 'asks' | 'nudges', entry: Entry): void {
    this.#write(withItem(this.#text, name, entry))
  }

  /** Takes one out, by its place in the list. */
  remove(name: 'asks' | 'nudges', index: number): void {
    this.#write(withoutItem(this.#text, name, index))
  }

  #write(text: string): void {
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

const parsed = (path: string, text: string): { value: Value; config: Config } => {
  try {
    const value = readJson(text, path)
    const config = checkShape(value, path)
    return { value: value as Value, config }
  } catch (error) {
    throw error instanceof ConfigError ? new CliError('config', error.message) : error
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
