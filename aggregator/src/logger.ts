import { type DestinationStream, type Logger, pino } from 'pino'

/**
 * Every field that a line of the log may have, beside those of pino itself (level, time, pid, hostname, msg). None of
 * them holds an id, an address, a key, a token or a visitor's words.
 */
export const LOG_FIELDS = {
  err: 'what failed: type, code, message, stack',
  code: 'close code of a connection, or code of an error of the system',
  connections: 'WebSockets that stand',
  partition: 'partition of the log',
  partitions: 'how many there are',
  subject: 'of a message between processes',
  lease: 'name of what one process of a cluster serves alone',
  epoch: 'number of its taking',
  day: 'day of the history, UTC',
  host: 'address listened on',
  port: 'port listened on',
  clock: 'wall or data',
  roles: 'what the process does in a cluster',
  folded: 'last entry folded',
  last: 'last entry of the log',
  sequence: 'entry that an image holds last',
  through: 'last entry removed',
  reason: 'why an image is damaged, a hook not told, or NATS not reached',
  storedAt: 'when an image was stored, ms since 1970',
  tookMs: 'how long it took, ms',
  sizeBytes: 'size, bytes',
  paths: 'keys of the configuration',
  hook: 'name of a hook',
  attempt: 'number of the attempt at a message',
  status: 'what a hook answered',
  worker: 'which of the worker processes of one machine',
  problems: 'what is wrong with the configuration: path and message',
} as const

/** Names under which an id, a secret, an address or a visitor's words would be logged by mistake. */
const NEVER = [
  'visitor',
  'stream',
  'customer',
  'key',
  'token',
  'secret',
  'proof',
  'authorization',
  'cookie',
  'address',
  'ip',
  'remoteAddress',
  'origin',
  'userAgent',
  'headers',
  'url',
  'comment',
  'text',
  'frame',
  'body',
] as const

const REDACTED = NEVER.flatMap(name => [name, `*.${name}`, `*.*.${name}`])

interface LoggedError {
  readonly type: string
  readonly code: string | undefined
  readonly message: string
  readonly stack: string | undefined
}

/** Errors carry what they like in fields of their own, such as the input that they failed on: only these are logged. */
const plainError = (error: unknown): LoggedError | string => {
  if (!(error instanceof Error)) return typeof error
  const { name, message, stack } = error
  const { code } = error as { code?: unknown }
  return { type: name, code: typeof code === 'string' ? code : undefined, message, stack }
}

/** One JSON object a line. `stream`: where it goes. */
export const createLogger = (level: string, stream: DestinationStream): Logger =>
  pino({ level, redact: { paths: REDACTED, censor: '[redacted]' }, serializers: { err: plainError } }, stream)
