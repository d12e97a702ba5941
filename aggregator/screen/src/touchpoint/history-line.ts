/** History is dear to read: one request at a time, in the order in which they were asked for. */
import type { History } from '@pulssi/protocol/client'
import type { Api, Parameters } from '../api.js'

let last: Promise<unknown> = Promise.resolve()

export const readHistory = (api: Api, parameters: Parameters, signal: AbortSignal): Promise<History> => {
  const asked = last.then(() => {
    signal.throwIfAborted()
    return api.get<History>('/v1/history', parameters, signal)
  })
  last = asked.catch(() => {})
  return asked
}
