import type { IncomingMessage } from 'node:http'
import { Fault } from '@pulssi/protocol'
import type { Access, Reader } from '../access.js'
import { type Admission, admitReader, type Caller } from '../admit.js'
import { badRequest, forbidden, HttpError, unauthorized } from './answer.js'
import { bearer } from './body.js'

const RETRY_SECONDS = '1'

/** The answer to who isn't let in, over HTTP what the close code is over WebSocket. */
export const turnedAway = ({ fault, message }: Admission<never> & { readonly ok: false }): HttpError => {
  if (fault === Fault.unauthorized) return unauthorized(message)
  if (fault === Fault.forbidden) return forbidden(message)
  if (fault === Fault.tooManyConnections) {
    return new HttpError(429, 'tooMany', message, { 'retry-after': RETRY_SECONDS })
  }
  return badRequest(message)
}

/** Who reads, if its token has the scope; null: any will do. Throws HttpError 400, 401, 403, 429. */
export const readerOf = async (
  access: Access,
  request: IncomingMessage,
  caller: Pick<Caller, 'address'>,
  scope: string | null,
): Promise<Reader> => {
  const admission = await admitReader(access, bearer(request), caller)
  if (!admission.ok) throw turnedAway(admission)
  if (scope !== null && !admission.value.scopes.has(scope)) throw forbidden(`this token lacks the scope ${scope}`)
  return admission.value
}
