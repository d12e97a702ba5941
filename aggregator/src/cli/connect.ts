import { Fault } from '@pulssi/protocol'
import { createPulse, type PulseClient, type PulseOptions, type WebSocketClass } from '@pulssi/sdk'
import { WebSocket } from 'ws'
import { socketUrl } from './address.js'
import { CliError } from './exits.js'

/** Without any connection for so long a command gives up. */
export const LOST_MS = 30_000

const HOW: Partial<Record<number, string>> = {
  [Fault.unauthorized]: 'give a key that the server knows with --key or PULSSI_KEY',
  [Fault.forbidden]: 'a service key (sk_…) may write everything; a page key or a read token may not',
}

export interface Connected {
  readonly client: PulseClient
  close(): Promise<void>
}

export type ConnectOptions = Pick<PulseOptions, 'url' | 'key'> & Partial<PulseOptions>

/**
 * A client that a command can rely on: where nobody listens, or the key is refused, `onFailed` hears once what to do. Once it
 * stood, a lost connection is taken up again by the SDK itself, for LOST_MS.
 */
export const connect = (options: ConnectOptions, onFailed: (error: CliError) => void): Connected => {
  const client = createPulse({
    ...options,
    url: socketUrl(options.url),
    WebSocket: WebSocket as unknown as WebSocketClass,
  })
  let hasStood = false
  let isOver = false
  let giveUp: NodeJS.Timeout | undefined
  const fail = (message: string): void => {
    clearTimeout(giveUp)
    if (isOver) return
    isOver = true
    onFailed(new CliError('refused', `${options.url} ${message}`))
    // What is queued will never go; without it closing waits for nothing.
    client.consent('denied')
  }
  const unreachable = (): void => fail("can't be reached: check --url, and that pulssi serve runs there")
  const refused = (code: number, message: string): void => {
    const how = HOW[code]
    fail(`refused (${code}): ${message}${how === undefined ? '' : `; ${how}`}`)
  }
  client.on('open', () => {
    hasStood = true
    clearTimeout(giveUp)
    giveUp = undefined
  })
  client.on('close', ({ code, retryMs }) => {
    if (isOver) return
    if (retryMs === null) refused(code, 'the connection was closed for good')
    else if (!hasStood) unreachable()
    else giveUp ??= setTimeout(unreachable, LOST_MS)
  })
  client.on('error', ({ code, message }) => {
    if (HOW[code] !== undefined) refused(code, message)
  })
  const close = async (): Promise<void> => {
    isOver = true
    clearTimeout(giveUp)
    await client.close()
  }
  return { client, close }
}
