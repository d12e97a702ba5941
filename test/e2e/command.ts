/** The `pulssi` command run inside the test's own process. */
import { PassThrough, Readable } from 'node:stream'
import type { Io } from '../../aggregator/src/cli/io.js'
import { run } from '../../aggregator/src/cli/program.js'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly errors: string
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Io['stdin']
  readonly signal?: AbortSignal
  /** Hears of everything that goes to stdout and stderr. */
  readonly onText?: (text: string) => void
}

export const pulssi = async (args: readonly string[], around: Surroundings = {}): Promise<Ran> => {
  const { env = {}, stdin = Readable.from([]), signal = new AbortController().signal, onText } = around
  const texts = { out: '', errors: '' }
  const sink = (name: keyof typeof texts): PassThrough => {
    const stream = new PassThrough()
    stream.on('data', (chunk: Buffer) => {
      texts[name] += chunk.toString()
      onText?.(chunk.toString())
    })
    return stream
  }
  const io: Io = { stdin, stdout: sink('out'), stderr: sink('errors'), env, signal, now: Date.now }
  const code = await run(io, args)
  return { code, ...texts }
}
