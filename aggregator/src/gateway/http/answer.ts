import type { ServerResponse } from 'node:http'

/** A request's failure: its status and the code and sentence of its body. */
export class HttpError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'HttpError'
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export const badRequest = (message: string): HttpError => new HttpError(400, 'badRequest', message)
export const tooLarge = (message: string): HttpError => new HttpError(413, 'tooLarge', message, { connection: 'close' })
export const unauthorized = (message: string): HttpError =>
  new HttpError(401, 'unauthorized', message, { 'www-authenticate': 'Bearer' })
export const forbidden = (message: string): HttpError => new HttpError(403, 'forbidden', message)
/** 503 with the time after which it is worth while to ask again. */
export const comeAgain = (code: string, { message, retryMs }: { message: string; retryMs: number }): HttpError =>
  new HttpError(503, code, message, { 'retry-after': String(Math.ceil(retryMs / 1_000)) })

export const sendJson = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const body = Buffer.from(`${JSON.stringify(value)}\n`)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(body)
}

export const sendError = (response: ServerResponse, error: HttpError): void => {
  sendJson(response, error.status, { error: { code: error.code, message: error.message } }, error.headers)
}
