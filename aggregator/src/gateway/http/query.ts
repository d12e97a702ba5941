import { SUBSCRIPTION_PATTERNS, TOUCHPOINT_CHARS, WINDOWS, type Window } from '@pulssi/protocol'
import { badRequest } from './answer.js'

const PATTERN = /^~?[a-z0-9_.-]*\*?$/
const DEFAULT_WINDOW: Window = '5m'
const EVERYTHING = '*'

/** Throws HttpError 400. */
export const windowOf = (query: URLSearchParams): Window => {
  const name = query.get('window') ?? DEFAULT_WINDOW
  const found = WINDOWS.find(window => window === name)
  if (found === undefined) throw badRequest(`window is one of ${WINDOWS.join(', ')}`)
  return found
}

/** Throws HttpError 400 where a parameter is not among `known`. */
export const checkNames = (query: URLSearchParams, known: readonly string[]): void => {
  for (const name of query.keys()) {
    if (!known.includes(name)) throw badRequest(`unknown parameter; known here: ${known.join(', ')}`)
  }
}

/** The patterns of `touchpoint`, which may repeat; without any, everything. Throws HttpError 400. */
export const patternsOf = (query: URLSearchParams): string[] => {
  const patterns = query.getAll('touchpoint')
  if (patterns.length === 0) return [EVERYTHING]
  if (patterns.length > SUBSCRIPTION_PATTERNS)
    throw badRequest(`at most ${SUBSCRIPTION_PATTERNS} touchpoint parameters`)
  for (const pattern of patterns) {
    if (pattern.length > TOUCHPOINT_CHARS + 1 || !PATTERN.test(pattern)) {
      throw badRequest('touchpoint is a name, or the start of one followed by *')
    }
  }
  return patterns
}
