import { type HttpBody, readBody } from '@pulssi/protocol'
import { badRequest, HttpError } from './answer.js'

/**
 * A body as far as it is understood before its events are judged one by one. Of the events, undefined stands for a line
 * that isn't JSON.
 */
export type Requested = HttpBody

export type BodyForm = 'ndjson' | 'json' | 'beacon'

const FORMS: Readonly<Record<string, BodyForm>> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/json': 'json',
  'text/plain': 'beacon',
}

/** The form that a Content-Type names. Throws HttpError 415. */
export const bodyForm = (contentType: string | undefined): BodyForm => {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  const form = Object.hasOwn(FORMS, type) ? FORMS[type] : undefined
  if (form !== undefined) return form
  throw new HttpError(415, 'unsupportedType', 'send application/x-ndjson or application/json; a beacon: text/plain')
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Throws HttpError 400 where the body as a whole is not of its form. */
export const readRequested = (text: string, form: BodyForm): Requested => {
  if (form === 'ndjson') {
    const lines = text.split('\n').filter(line => line.trim() !== '')
    return { sentAt: null, key: null, visitor: null, proof: null, events: lines.map(parsed) }
  }
  const json = parsed(text)
  if (json === undefined) throw badRequest('the body is not JSON')
  const body = readBody(json)
  if ('message' in body) throw badRequest(body.message)
  return body
}

export const NOT_JSON = 'the line is not JSON'
