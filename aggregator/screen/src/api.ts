/** HTTP reads of this server, with the token that is held in memory. */
import type { Readable } from './store/cell.js'

/** The server's own words for what went wrong; `status` 0: it was not reached. */
export class ApiError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
  }
}

/** A value that is a list repeats its parameter. */
export type Parameters = Readonly<Record<string, string | number | readonly string[]>>

export interface Api {
  /** GET as JSON. Rejects with ApiError; after a 401 the token is asked for. */
  get<T>(path: string, parameters?: Parameters, signal?: AbortSignal): Promise<T>
  /** GET as it is, for downloads. Rejects as above. */
  text(path: string, parameters?: Parameters, signal?: AbortSignal): Promise<string>
  /** POST of `body`, `{}` unless given. Rejects as above. */
  order<T>(path: string, body?: object): Promise<T>
}

const UNAUTHORIZED = 401

const target = (path: string, parameters: Parameters): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each))
  }
  return query.size === 0 ? path : `${path}?${query}`
}

const messageOf = async (response: Response): Promise<string> => {
  try {
    const body = (await response.json()) as { error?: { message?: unknown } }
    return String(body.error?.message ?? response.status)
  } catch {
    return String(response.status)
  }
}

export const createApi = (token: Readable<string | null>, unauthorized: () => void): Api => {
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    const asked = token.value
    const headers = { ...init.headers, ...(asked === null ? {} : { authorization: `Bearer ${asked}` }) }
    const response = await fetch(url, { ...init, headers, cache: 'no-store', credentials: 'omit' }).catch(error => {
      throw new ApiError(0, String(error))
    })
    if (response.ok) return response
    // An answer to a token that has been replaced since says nothing of the new one.
    if (response.status === UNAUTHORIZED && asked === token.value) unauthorized()
    throw new ApiError(response.status, await messageOf(response))
  }
  const init = (signal: AbortSignal | undefined): RequestInit => (signal === undefined ? {} : { signal })
  return {
    get: async (path, parameters = {}, signal) => (await ask(target(path, parameters), init(signal))).json(),
    text: async (path, parameters = {}, signal) => (await ask(target(path, parameters), init(signal))).text(),
    order: async (path, body = {}) => {
      const headers = { 'content-type': 'application/json' }
      return (await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    },
  }
}
