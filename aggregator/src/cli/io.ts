import type { Readable, Writable } from 'node:stream'

/** What a command sees of the world outside, so that tests can run it in their own process. */
export interface Io {
  readonly stdin: Readable & { isTTY?: boolean }
  readonly stdout: Writable & { isTTY?: boolean; rows?: number }
  readonly stderr: Writable & { isTTY?: boolean; columns?: number }
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborts when the user or the system asks the process to end. */
  readonly signal: AbortSignal
  /** Calls the listener whenever the system asks to read the configuration again; left out where nobody can ask. */
  readonly onHangup?: (listener: () => void) => void
  /** ms since 1970 */
  now(): number
}

/** The process itself. SIGINT and SIGTERM end it gently; a second one ends it at once. */
export const processIo = (): Io => {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  const { stdin, stdout, stderr, env } = process
  // Whoever reads our output may leave first (`pulssi tail | head`); that is no failure.
  stdout.on('error', () => stop.abort())
  const onHangup = (listener: () => void): void => {
    process.on('SIGHUP', listener)
  }
  return { stdin, stdout, stderr, env, signal: stop.signal, onHangup, now: Date.now }
}

export const print = (io: Io, line: string): void => {
  io.stdout.write(`${line}\n`)
}

export const complain = (io: Io, line: string): void => {
  io.stderr.write(`${line}\n`)
}
