import type { Refusal } from '@pulssi/protocol'
import { eventsUrl } from './address.js'
import { CliError } from './exits.js'

const POST_MS = 30_000

/** What POST /v1/events answers. */
export interface Posted {
  readonly accepted: number
  readonly duplicates?: number
  readonly tooLate?: number
  readonly rejected: readonly { readonly index: number; readonly code: Refusal; readonly message: string }[]
}

const isPosted = (answer: unknown): answer is Posted =>
  typeof answer === 'object' && answer !== null && Array.isArray((answer as Partial<Posted>).rejected)

/** Sends lines as they are, broken ones too, so that the server counts them. Throws CliError. */
export const postLines = async (url: string, key: string, lines: readonly string[]): Promise<Posted> => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' }
  const signal = AbortSignal.timeout(POST_MS)
  let response: Response
  try {
    response = await fetch(eventsUrl(url), { method: 'POST', headers, body: `${lines.join('\n')}\n`, signal })
  } catch (error) {
    throw new CliError('refused', `${url} can't be reached: ${(error as Error).message}`)
  }
  const text = await response.text()
  if (response.status === 401 || response.status === 403) {
    throw new CliError(
      'refused',
      `${url}: the key was refused (${response.status}): give another with --key or PULSSI_KEY`,
    )
  }
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    answer = null
  }
  if (response.ok && isPosted(answer)) return answer
  throw new CliError('failed', `${url} answered ${response.status} to POST /v1/events: ${text.slice(0, 200)}`)
}
