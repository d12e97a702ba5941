import type { IncomingMessage } from 'node:http'
import { badRequest, tooLarge } from './answer.js'

/** Reads a body of at most `maxBytes`. Throws HttpError 413 as soon as it is longer, 400 where it is no UTF-8. */
export const readText = async (request: IncomingMessage, maxBytes: number): Promise<string> => {
  const tooLong = (): Error => tooLarge(`the body is longer than ${maxBytes} bytes`)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLong()
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw tooLong()
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw badRequest('the body is not UTF-8')
  }
}

/** The credential of an Authorization header; null without one. Throws HttpError 400 for another scheme. */
export const bearer = (request: IncomingMessage): string | null => {
  const header = request.headers.authorization
  if (header === undefined) return null
  const found = /^Bearer +(\S+) *$/i.exec(header)?.[1]
  if (found === undefined) throw badRequest('Authorization must be: Bearer, a space, and the key or token')
  return found
}
