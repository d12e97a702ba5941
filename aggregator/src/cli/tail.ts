import { Fault, type Window } from '@pulssi/protocol'
import type { WebSocketClass } from '@pulssi/sdk'
import { createLive, type LiveState, type Update } from '@pulssi/sdk/live'
import { WebSocket } from 'ws'
import { socketUrl } from './address.js'
import { CliError } from './exits.js'
import { complain, type Io, print } from './io.js'
import { table } from './table.js'

export interface TailOptions {
  readonly url: string
  readonly token?: string
  readonly touchpoint: readonly string[]
  readonly window: readonly Window[]
  readonly json?: true
  /** Ends after the first update. */
  readonly once?: true
}

/** Without any figures for so long at the start, the server is taken to be not there. */
const FIRST_MS = 10_000
const HOME_AND_CLEAR = '\u001b[H\u001b[J'
const TERMINAL_ROWS = 24
/** Lines of the screen that are not the table's. */
const FRAME_ROWS = 3

const FATAL: ReadonlySet<number> = new Set([Fault.unauthorized, Fault.forbidden, Fault.tokenExpired])

const headOf = ({ clock, ageMs, stale }: Update, state: LiveState): string => {
  const behind = stale.length === 0 ? '' : `  partitions behind: ${stale.join(', ')}`
  return `${new Date(clock).toISOString()}  ${state}  age ${ageMs} ms${behind}`
}

/** Shows pulses as they change until it is asked to end. Throws CliError. */
export const tail = async (io: Io, options: TailOptions): Promise<void> => {
  const { url, token, json, once } = options
  const live = createLive({
    url: socketUrl(url),
    ...(token !== undefined && { token: () => token }),
    WebSocket: WebSocket as unknown as WebSocketClass,
  })
  let latest: Update | null = null
  let unwatch = (): void => undefined
  const draw = (): void => {
    if (latest === null || json === true) return
    const rows = (io.stdout.rows ?? TERMINAL_ROWS) - FRAME_ROWS
    const isScreen = io.stdout.isTTY === true && once !== true
    const lines = isScreen ? table(latest.pulses, rows) : table(latest.changed)
    io.stdout.write(`${isScreen ? HOME_AND_CLEAR : ''}${headOf(latest, live.state)}\n${lines.join('\n')}\n`)
  }
  try {
    await new Promise<void>((resolve, reject) => {
      const give = (error: CliError): void => reject(error)
      const first = setTimeout(() => {
        give(new CliError('refused', `${url} sends nothing: check --url, and that pulssi serve runs there`))
      }, FIRST_MS)
      const end = (): void => {
        clearTimeout(first)
        resolve()
      }
      io.signal.addEventListener('abort', end, { once: true })
      live.on('error', ({ code, message }) => {
        if (!FATAL.has(code)) return complain(io, message)
        clearTimeout(first)
        give(new CliError('refused', `${url}: ${message}: give a read token with --token or PULSSI_TOKEN`))
      })
      unwatch = live.on('state', draw)
      live.subscribe({ touchpoints: options.touchpoint, windows: options.window }, update => {
        clearTimeout(first)
        latest = update
        const { clock, ageMs, stale, changed } = update
        if (json === true) print(io, JSON.stringify({ clock, ageMs, stale, pulses: changed }))
        else draw()
        if (once === true) end()
      })
      if (io.signal.aborted) end()
    })
  } finally {
    unwatch()
    live.close()
  }
}
