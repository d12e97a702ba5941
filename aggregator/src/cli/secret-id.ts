import { createHash } from 'node:crypto'
import { CliError } from './exits.js'

type Entry = Readonly<Record<string, unknown>>

const PREFIX = 'sha256:'
/** Digits shown of a hash, and the fewest that name an entry. */
const SHOWN_DIGITS = 12
const LEAST_DIGITS = 8

export const sha256Of = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** The hash of an entry that holds a secret, or the hash of one. */
const hashOf = (entry: Entry): string => {
  const { key, token, sha256 } = entry
  return typeof sha256 === 'string' ? sha256 : sha256Of(String(key ?? token))
}

/** How an entry is spoken of: never by its secret. */
export const idOf = (entry: Entry): string => PREFIX + hashOf(entry).slice(0, SHOWN_DIGITS)

/** The one entry that is meant: by the secret itself, or by the start of its hash. Throws CliError. */
export const findEntry = (entries: readonly Entry[], named: string): Entry => {
  const digits = named.startsWith(PREFIX) ? named.slice(PREFIX.length) : sha256Of(named)
  if (digits.length < LEAST_DIGITS) throw new CliError('usage', `give at least ${LEAST_DIGITS} digits after ${PREFIX}`)
  const found = entries.filter(entry => hashOf(entry).startsWith(digits))
  const [entry] = found
  if (entry === undefined) throw new CliError('failed', 'there is none such in the configuration; list shows all')
  if (found.length > 1) throw new CliError('failed', 'several begin so: give more digits')
  return entry
}
