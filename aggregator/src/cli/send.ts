import { Refusal } from '@pulssi/protocol'
import type { PulseEvent } from '@pulssi/sdk'
import { connect } from './connect.js'
import { CliError } from './exits.js'
import { type Io, print } from './io.js'
import { linesOf } from './lines.js'
import { Rejections } from './rejections.js'

export interface SendOptions {
  readonly url: string
  readonly key: string
  readonly visitor?: string
}

const parse = (text: string): PulseEvent | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PulseEvent) : null
  } catch {
    return null
  }
}

async function* one(text: string): AsyncGenerator<string> {
  yield text
}

/**
 * Sends one event, or those of stdin, one JSON object a line. What they leave out is filled in: `at` is now, the
 * visitor is `--visitor`'s, the SDK numbers them. Returns how many were rejected. Throws CliError.
 */
export const send = async (io: Io, text: string | undefined, options: SendOptions): Promise<number> => {
  const rejections = new Rejections(io)
  let wake: (error: Error) => void = () => undefined
  const failure = new Promise<never>((_, reject) => {
    wake = reject
  })
  failure.catch(() => undefined)
  const { client, close } = connect(options, wake)
  io.signal.addEventListener('abort', () => wake(new CliError('failed', 'stopped before the end')), { once: true })
  let fault = ''
  client.on('error', ({ message }) => {
    fault = message
  })
  client.on('refused', ({ code, message, event }) => {
    rejections.add(JSON.stringify(event), code as Refusal, message)
  })
  const sendLine = async (number: number, line: string | null): Promise<void> => {
    const event = line === null ? null : parse(line)
    const visitor = event?.visitor ?? options.visitor
    if (event === null || visitor === undefined) {
      const message = event === null ? 'not a JSON object' : 'no visitor: name one in the event or with --visitor'
      return rejections.add(`line ${number}`, Refusal.badEvent, message)
    }
    for (;;) {
      const sent = client.send({ ...event, visitor })
      if (sent === 'queued') return
      if (sent === 'bad') return rejections.add(`line ${number}`, Refusal.badEvent, fault)
      await (sent === 'full' ? Promise.race([client.flush(0), failure]) : failure)
    }
  }
  try {
    for await (const lines of linesOf(text === undefined ? io.stdin : one(text))) {
      for (const line of lines) await sendLine(line.number, line.text)
    }
    await Promise.race([client.flush(), failure])
    rejections.end()
    const { acked } = client.stats()
    print(io, JSON.stringify({ accepted: acked, rejected: rejections.count }))
    return rejections.count
  } finally {
    await close()
  }
}
