import type { IncomingMessage, ServerResponse } from 'node:http'
import { PAYMENTS, type Payment, type Till } from './till.js'

/** What the switch sends is far shorter. Beyond: 413. */
const BODY_BYTES = 256

/**
 * The demo's switch. GET tells `{"payment":"working"}`; POST, with the same as JSON, sets it. Whoever can make others'
 * browsers call this machine must not turn it: Host must be this server's own name, and a POST's Origin this shop.
 */
export async function answerControls(
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  till: Till,
): Promise<void> {
  const say = (status: number, body: object): void => {
    response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
  }
  const { host = '', origin } = request.headers
  const name = host.replace(/:\d+$/, '')
  if (name !== '127.0.0.1' && name !== 'localhost') return say(421, { error: 'this is 127.0.0.1 alone' })
  if (request.method === 'GET') return say(200, { payment: till.payment() })
  if (request.method !== 'POST') return say(405, { error: 'GET or POST' })
  if (origin !== `http://${host}`) return say(403, { error: `the Origin must be http://${host}` })
  const text = await bodyOf(request)
  if (text === null) return say(413, { error: `a body of ${BODY_BYTES} bytes is the most` })
  const payment = paymentIn(text)
  if (payment === null) return say(400, { error: `send {"payment": "${PAYMENTS.join('" or "')}"} as JSON` })
  till.set(payment)
  say(200, { payment })
}

/** null where it is too long: then it is read to its end all the same, and dropped, so that the answer arrives. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  let body = Buffer.alloc(0)
  let sizeBytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes <= BODY_BYTES) body = Buffer.concat([body, chunk])
  }
  return sizeBytes <= BODY_BYTES ? body.toString() : null
}

function paymentIn(text: string): Payment | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('payment' in value)) return null
    return PAYMENTS.find(payment => payment === value.payment) ?? null
  } catch {
    return null
  }
}
