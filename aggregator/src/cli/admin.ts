import { type Command, Option } from 'commander'
import { pathUrl } from './address.js'
import { CliError } from './exits.js'
import type { Io } from './io.js'

const DEFAULT_URL = 'http://127.0.0.1:8700'

/** Where an operation is carried out: on a running server, or on the folder of one that is stopped. */
export interface AdminOptions {
  readonly url: string
  readonly token?: string
  readonly data?: string
}

/** The options that say where. */
export const addWhere = (command: Command, { env: { PULSSI_URL } }: Io): Command =>
  command
    .addOption(
      new Option('--url <url>', 'address of the running server (PULSSI_URL)').default(PULSSI_URL ?? DEFAULT_URL),
    )
    .option('--token <token>', 'token with the scope admin, where the server asks for one (PULSSI_TOKEN)')
    .option('--data <folder>', 'instead of --url: the data folder of a server that is stopped')

const messageOf = (text: string): string => {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } }
    return error?.message ?? text.slice(0, 200)
  } catch {
    return text.slice(0, 200)
  }
}

/** How one asks: the scope that it takes, and what is sent along with a POST. */
export interface AskOptions {
  readonly scope?: string
  readonly body?: unknown
}

/** Asks a running server; resolves with an answer that is one. Throws CliError. */
export const ask = async (
  io: Io,
  { url, token }: AdminOptions,
  path: string,
  method: string,
  { scope = 'admin', body = {} }: AskOptions = {},
): Promise<Response> => {
  const { PULSSI_TOKEN } = io.env
  const secret = token ?? PULSSI_TOKEN
  const headers: Record<string, string> = secret === undefined ? {} : { authorization: `Bearer ${secret}` }
  const isOrder = method === 'POST'
  if (isOrder) headers['content-type'] = 'application/json'
  const init = { method, headers, signal: io.signal, ...(isOrder ? { body: JSON.stringify(body) } : {}) }
  let response: Response
  try {
    response = await fetch(pathUrl(url, path), init)
  } catch (error) {
    if (error instanceof CliError) throw error
    const reason = io.signal.aborted ? 'stopped before the end' : `${url} can't be reached: ${(error as Error).message}`
    throw new CliError(io.signal.aborted ? 'failed' : 'refused', reason)
  }
  if (response.ok) return response
  const message = messageOf(await response.text())
  if (response.status === 401 || response.status === 403) {
    const how = `give a token with the scope ${scope} with --token or PULSSI_TOKEN`
    throw new CliError('refused', `${url} refused (${response.status}): ${message}; ${how}`)
  }
  throw new CliError('failed', `${url} answered ${response.status}: ${message}`)
}
