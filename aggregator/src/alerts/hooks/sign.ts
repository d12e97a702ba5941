import { createHmac } from 'node:crypto'
import { hookKey } from '../../config/index.js'

export interface Signed {
  readonly id: string
  /** Of this attempt, ms since 1970. */
  readonly at: number
  readonly body: string
}

/** The headers of a signed message, https://www.standardwebhooks.com */
export const signatureHeaders = (secret: string, { id, at, body }: Signed): Record<string, string> => {
  const timestamp = String(Math.floor(at / 1_000))
  const signature = createHmac('sha256', hookKey(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
