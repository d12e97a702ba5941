import { JetStreamApiError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'

/**
 * - `unreachable`: nobody answers there, or not as NATS does; that may pass.
 * - `refused`: it doesn't let us in, or no more.
 * - `unfit`: it lacks what the adapters need.
 */
export type WhyUnusable = 'unreachable' | 'refused' | 'unfit'

/** A NATS server that can't be used; the message says why, and what to do. */
export class NatsUnusable extends Error {
  readonly why: WhyUnusable
  constructor(why: WhyUnusable, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'NatsUnusable'
    this.why = why
  }
}

const REFUSALS = [
  errors.AuthorizationError,
  errors.UserAuthenticationExpiredError,
  errors.PermissionViolationError,
] as const
const NO_JETSTREAM = 10_039
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/

const chainOf = (error: unknown): Error[] => {
  const chain: Error[] = []
  for (let next = error; next instanceof Error && !chain.includes(next); next = next.cause) chain.push(next)
  return chain
}

/** What keeps a connection from being made, or ended it, as whoever runs the process is told. */
export const unusable = (error: unknown, servers: string): NatsUnusable => {
  if (error instanceof NatsUnusable) return error
  const chain = chainOf(error)
  const reason = chain.map(({ message }) => message).filter(message => message !== '')[0] ?? String(error)
  if (chain.some(one => one instanceof JetStreamApiError && one.code === NO_JETSTREAM))
    return new NatsUnusable('unfit', 'the account of server.nats has no JetStream: enable it for that account', error)
  const isRefused = chain.some(one => REFUSALS.some(refusal => one instanceof refusal))
  if (isRefused)
    return new NatsUnusable('refused', `${servers} refuses the credentials of server.nats (${reason})`, error)
  const code = chain.map(one => (one as NodeJS.ErrnoException).code ?? '').find(text => TLS_CODE.test(text))
  if (code !== undefined)
    return new NatsUnusable('refused', `the certificates of ${servers} and server.nats.tls don't fit: ${reason}`, error)
  if (/does not support 'tls'/.test(reason))
    return new NatsUnusable('refused', `${servers} has no TLS, and server.nats asks for it`, error)
  return new NatsUnusable('unreachable', `no NATS server answers at ${servers}: ${reason}`, error)
}
