import { type ChildProcess, fork } from 'node:child_process'
import type { Logger } from 'pino'
import type { Config } from '../config/index.js'

/** Before a process that ended is started again; doubled each time, as far as the longest. */
export const RESTART_MS = 500
export const LONGEST_RESTART_MS = 15_000
/** One that has lived this long starts over with the shortest pause. */
export const SETTLED_MS = 60_000
/** How long a process may take to end when it is told to. Beyond: it is killed. */
export const END_MS = 40_000
/** Tells a process of a crew which one it is, from 1 on. */
export const NUMBER_VARIABLE = 'PULSSI_CREW_NUMBER'

/** The pause before the next start, ms, after so many ends in a row. */
export const pauseMs = (ends: number): number =>
  Math.min(LONGEST_RESTART_MS, RESTART_MS * 2 ** Math.min(Math.max(0, ends - 1), 30))

/**
 * - `running`: the process lives.
 * - `pausing`: it has ended and is started again after the pause.
 * - `over`: the crew ends, and the process has.
 */
type Place =
  | { readonly is: 'running'; readonly child: ChildProcess; readonly startedMs: number }
  | { readonly is: 'pausing'; readonly timer: NodeJS.Timeout }
  | { readonly is: 'over' }

export interface CrewOptions {
  readonly size: number
  /** A module, and what it is called with. */
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  /** ms, of a clock that only goes on */
  readonly steadyMs: () => number
  /** In place of END_MS. */
  readonly endMs?: number
}

/** Processes like this one, each with a core of its own; whichever ends is started again. */
export class Crew {
  readonly #options: CrewOptions
  readonly #places = new Map<number, Place>()
  readonly #ends = new Map<number, number>()
  #onOver: (() => void) | null = null

  constructor(options: CrewOptions) {
    this.#options = options
    for (let number = 1; number <= options.size; number++) this.#start(number)
  }

  /** Process ids of those that live. */
  get pids(): readonly number[] {
    return [...this.#places.values()].flatMap(place => (place.is === 'running' ? [place.child.pid ?? 0] : []))
  }

  /** Tells all of them to end, and resolves once they have. */
  async close(): Promise<void> {
    const over = new Promise<void>(resolve => {
      this.#onOver = resolve
    })
    for (const [number, place] of this.#places) {
      if (place.is === 'running') place.child.kill('SIGTERM')
      else this.#leave(number, place)
    }
    this.#settle()
    const late = setTimeout(() => this.#kill(), this.#options.endMs ?? END_MS)
    await over
    clearTimeout(late)
  }

  #start(number: number): void {
    const { program, args, env, steadyMs } = this.#options
    const child = fork(program, [...args], { env: { ...env, [NUMBER_VARIABLE]: `${number}` } })
    this.#places.set(number, { is: 'running', child, startedMs: steadyMs() })
    // It can't be started at all: there is no exit then.
    child.once('error', error => {
      if (child.pid === undefined) this.#ended(number, error.message)
    })
    child.once('exit', (code, signal) => this.#ended(number, signal ?? code ?? 'unknown'))
  }

  #ended(number: number, code: string | number): void {
    const place = this.#places.get(number)
    if (this.#onOver !== null || place?.is !== 'running') {
      this.#places.set(number, { is: 'over' })
      this.#settle()
      return
    }
    const { steadyMs, logger } = this.#options
    const isSettled = steadyMs() - place.startedMs >= SETTLED_MS
    const ends = isSettled ? 1 : (this.#ends.get(number) ?? 0) + 1
    this.#ends.set(number, ends)
    logger.error({ worker: number, code }, 'a worker process ended; it is started again')
    this.#places.set(number, { is: 'pausing', timer: setTimeout(() => this.#start(number), pauseMs(ends)) })
  }

  #leave(number: number, place: Place): void {
    if (place.is === 'pausing') clearTimeout(place.timer)
    this.#places.set(number, { is: 'over' })
  }

  #settle(): void {
    if ([...this.#places.values()].every(({ is }) => is === 'over')) this.#onOver?.()
  }

  #kill(): void {
    this.#options.logger.error('worker processes did not end in time, and are killed')
    for (const place of this.#places.values()) if (place.is === 'running') place.child.kill('SIGKILL')
  }
}

/** Which process of a crew this is; null: of none. */
export const crewNumber = (env: Readonly<Record<string, string | undefined>>): number | null => {
  const text = env[NUMBER_VARIABLE]
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null
}

const ofCrew = ({ server, ...rest }: Config, number: number): Config => {
  const { metrics } = server
  const own = metrics === undefined || metrics.port === 0 ? metrics : { ...metrics, port: metrics.port + number }
  return { ...rest, server: { ...server, roles: ['worker'], workers: 1, metrics: own } }
}

/**
 * What of the configuration is this process's part: a process of a crew serves partitions and nothing else, and has a
 * port of its own for its metrics; one that has a crew does all else.
 */
export const partOf = (config: Config, number: number | null): Config => {
  if (number !== null) return ofCrew(config, number)
  const { server } = config
  if (server.workers === 1) return config
  return { ...config, server: { ...server, roles: server.roles.filter(role => role !== 'worker') } }
}

/** Starts `size` more processes of this command line. */
export const startCrew = (size: number, env: CrewOptions['env'], logger: Logger): Crew => {
  const [, program = '', ...args] = process.argv
  return new Crew({ size, program, args, env, logger, steadyMs: () => performance.now() })
}

/** Aborts when `signal` does, and when whoever started this process is gone. */
export const followingParent = (signal: AbortSignal): AbortSignal => {
  const gone = new AbortController()
  process.once('disconnect', () => gone.abort())
  // To be told of it is no reason to stay.
  process.channel?.unref()
  if (!process.connected) gone.abort()
  return AbortSignal.any([signal, gone.signal])
}
