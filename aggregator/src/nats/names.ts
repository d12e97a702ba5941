import { KEY_BYTES } from './limits.js'

const PLAIN = /^[A-Za-z0-9_-]+$/
const ESCAPED = /=([0-9A-F]{2})/g
const NO_BYTES = '='
const PROJECT = /^[A-Za-z0-9_-]{1,64}$/

const escapeByte = (byte: number): string => {
  const character = String.fromCharCode(byte)
  return PLAIN.test(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

/** Any text as one token of a NATS subject; a plain one stays as it is. */
export const tokenOf = (text: string): string => {
  if (text === '') return NO_BYTES
  return PLAIN.test(text) ? text : Array.from(Buffer.from(text), escapeByte).join('')
}

export const textOf = (token: string): string => {
  if (token === NO_BYTES) return ''
  if (!token.includes('=')) return token
  const bytes = token.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

const tokensOf = (text: string, separator: string): string => text.split(separator).map(tokenOf).join('.')
const joined = (subject: string, separator: string): string => subject.split('.').map(textOf).join(separator)

/** A key of the Store as a subject: what stands between its slashes are tokens, so that a prefix is a wildcard. */
export const subjectOfKey = (key: string): string => {
  const sizeBytes = Buffer.byteLength(key)
  if (sizeBytes === 0 || sizeBytes > KEY_BYTES)
    throw new RangeError(`a key of ${sizeBytes} bytes; 1 to ${KEY_BYTES} it must be`)
  return tokensOf(key, '/')
}

export const keyOfSubject = (subject: string): string => joined(subject, '/')

/** A subject with a wildcard that covers every key that starts with `prefix`, and some more. */
export const filterOfPrefix = (prefix: string): string => {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  return folder === '' ? '>' : `${tokensOf(folder.slice(0, -1), '/')}.>`
}

/** A subject of the Bus as one of NATS; `.>` at its end stays a wildcard. */
export const subjectOnWire = (subject: string): string => {
  const below = subject.endsWith('.>')
  return tokensOf(below ? subject.slice(0, -2) : subject, '.') + (below ? '.>' : '')
}

export const subjectFromWire = (subject: string): string => joined(subject, '.')

/** Names of what a project has on a server. */
export interface Names {
  logStream(partition: number): string
  logSubject(partition: number, writer: string): string
  readonly busPrefix: string
  readonly values: string
  readonly blobs: string
}

/** `project` is `[A-Za-z0-9_-]{1,64}`; a RangeError otherwise. */
export const namesOf = (project: string): Names => {
  if (!PROJECT.test(project))
    throw new RangeError(`"${project}" can't name streams: letters, digits, _ and - it must be, 64 at most`)
  return {
    logStream: partition => `pulssi-${project}-log-${partition}`,
    logSubject: (partition, writer) => `pulssi.${project}.log.${partition}.${writer}`,
    busPrefix: `pulssi.${project}.bus.`,
    values: `pulssi-${project}-values`,
    blobs: `pulssi-${project}-blobs`,
  }
}
