import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

/** The part of an incident that this receiver uses; protocol/SPEC.md has the rest. */
export interface Incident {
  readonly id: string
  readonly rule: string
  readonly touchpoint: string
  readonly state: string
  readonly figure: string
  readonly value: number | null
  readonly story: { readonly visitors: number; readonly reason: string | null }
}

export interface AlertHookOptions {
  /** 0: any that is free. */
  readonly port: number
  /** That of the hook in the server's configuration. */
  readonly secret: string
  readonly onIncident: (incident: Incident, at: string) => void
}

export interface AlertHook {
  readonly url: string
  stop(): Promise<void>
}

/** Of a message. Beyond: 413. */
const BODY_BYTES = 64 * 1024
/** Messages remembered, so that one that comes twice is told once. */
const REMEMBERED = 1_000

const read = async (request: IncomingMessage): Promise<string | null> => {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    sizeBytes += chunk.length
    if (sizeBytes > BODY_BYTES) return null
  }
  return Buffer.concat(chunks).toString()
}

/** A secret as the server takes it: base64 behind `whsec_`, or the text itself. */
const webhook = (secret: string): Webhook =>
  secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(new TextEncoder().encode(secret), { format: 'raw' })

/** Takes signed messages of incidents. What isn't signed with the secret is answered with 401. */
export const startAlertHook = async ({ port, secret, onIncident }: AlertHookOptions): Promise<AlertHook> => {
  const signed = webhook(secret)
  const known = new Set<string>()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<number> => {
    if (request.method !== 'POST') return 405
    const body = await read(request)
    if (body === null) {
      response.setHeader('connection', 'close')
      return 413
    }
    let message: { type: string; timestamp: string; data: Incident }
    try {
      message = signed.verify(body, request.headers as Record<string, string>) as typeof message
    } catch {
      return 401
    }
    const id = String(request.headers['webhook-id'])
    if (known.has(id)) return 204
    known.add(id)
    if (known.size > REMEMBERED) known.delete(known.values().next().value ?? '')
    if (message.type.startsWith('incident.')) onIncident(message.data, message.timestamp)
    return 204
  }
  const server = createServer((request, response) => {
    answer(request, response).then(
      status => response.writeHead(status).end(),
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** One line for the terminal. */
export const lineOf = ({ touchpoint, rule, state, value, story }: Incident, at: string): string => {
  const reason = story.reason === null ? '' : `, last signal ${story.reason}`
  return `${at.slice(11, 19)}  ${state}  ${touchpoint}: ${rule} (${value ?? 'no figure'}, ${story.visitors} visitors${reason})`
}
