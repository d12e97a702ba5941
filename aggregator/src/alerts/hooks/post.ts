import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { ANSWER_BYTES, ATTEMPT_MS } from '../limits.js'
import { checkLiteral, publicLookup } from './internal.js'

export interface Outgoing {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly allowInternal: boolean
}

/** `text`: the beginning of the body. */
export interface Answered {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly text: string
}

export interface PostOptions {
  /** Gives the attempt up. */
  readonly signal: AbortSignal
  readonly timeoutMs?: number
  /** Asked once the receiver is reached, right before anything is told to it; false: nothing is. */
  readonly mayGo?: () => boolean
  /** What resolves names of the public network. */
  readonly lookup?: LookupFunction
}

const begin = (out: Outgoing, { signal, lookup = publicLookup }: PostOptions): ClientRequest => {
  const url = new URL(out.url)
  if (!out.allowInternal) checkLiteral(url.hostname)
  const length = Buffer.byteLength(out.body)
  const headers = { ...out.headers, 'content-type': 'application/json', 'content-length': length }
  // A connection of its own for each attempt: none that was opened under another name is used.
  const own = { method: 'POST', headers, signal, agent: false }
  const options = out.allowInternal ? own : { ...own, lookup }
  return url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options)
}

/** A request of which nothing was written yet has its connection opened, and nothing sent over it. */
const onReached = (request: ClientRequest, { url }: Outgoing, run: () => void): void => {
  const event = url.startsWith('https:') ? 'secureConnect' : 'connect'
  request.once('socket', socket => socket.once(event, run))
}

/** Resolves with the beginning of a body; whatever goes wrong with the rest, the status has come. */
const beginningOf = (response: IncomingMessage, isLate: Promise<unknown>): Promise<string> =>
  new Promise(resolve => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    const end = (): void => {
      response.destroy()
      resolve(Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString())
    }
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      sizeBytes += chunk.length
      if (sizeBytes >= ANSWER_BYTES) end()
    })
    for (const name of ['end', 'error', 'close']) response.on(name, end)
    void isLate.then(end)
  })

/**
 * Posts once, to a public address unless allowed otherwise, and follows no redirect. Rejects with an Error that says
 * why there is no answer.
 */
export const post = async (out: Outgoing, options: PostOptions): Promise<Answered> => {
  const { timeoutMs = ATTEMPT_MS, mayGo = () => true } = options
  const request = begin(out, options)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, timeoutMs)
  })
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve)
      request.on('error', reject)
      request.on('upgrade', (_, socket) => {
        socket.destroy()
        reject(new Error('it asked for another protocol'))
      })
      void late.then(() => reject(new Error(`there was no answer within ${timeoutMs / 1_000} s`)))
      // A process that stood still meanwhile has its word only now.
      onReached(request, out, () => {
        if (mayGo()) request.end(out.body)
        else reject(new Error('it may not be told any more'))
      })
    })
    const text = await beginningOf(response, late)
    return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }
  } finally {
    clearTimeout(timer)
    request.destroy()
  }
}
