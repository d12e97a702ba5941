import { Fault, type HelloFrame, IDENTITIES } from '@pulssi/protocol'
import { isbot } from 'isbot'
import type { Sender } from '../intake/index.js'
import type { Access, Reader, Refused, Writer } from './access.js'
import { type DayIdentity, pageVisitor } from './identity.js'

/** What the gateway knows of whoever stands at the other end, before a word is said. */
export interface Caller {
  readonly address: string
  readonly userAgent: string
  /** null: no browser's page. */
  readonly origin: string | null
}

/** What a connection may do. */
export interface Role {
  readonly writer: Sender | null
  readonly reader: Reader | null
  /** Whose allowance of messages it has. */
  readonly rate: 'page' | 'service' | 'reader'
}

export type Admission<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault; readonly message: string }

const MESSAGES = {
  unauthorized: 'this key or token is not known here',
  forbidden: 'a write key does not read, and a read token does not write',
} as const

const turnAway = (why: Refused): Admission<never> => ({ ok: false, fault: Fault[why], message: MESSAGES[why] })

const mayCome = (writer: Writer, origin: string | null): boolean =>
  writer.kind === 'service' || writer.origins === null || (origin !== null && writer.origins.has(origin))

/** The writer behind a key, if it may be used from where the caller is. */
export const admitWriter = (access: Access, key: string | null, caller: Caller): Admission<Writer> => {
  const writer = access.writer(key)
  if (typeof writer === 'string') return turnAway(writer)
  if (mayCome(writer, caller.origin)) return { ok: true, value: writer }
  return { ok: false, fault: Fault.forbidden, message: 'this key may not be used from this Origin: list it there' }
}

export const admitReader = (access: Access, token: string | null): Admission<Reader> => {
  const reader = access.reader(token)
  return typeof reader === 'string' ? turnAway(reader) : { ok: true, value: reader }
}

/** Services may be anything that fetches; only what comes with a page's key is looked at for bots. */
export const isBot = (writer: Writer, caller: Caller): boolean => writer.kind === 'page' && isbot(caller.userAgent)

type Who = Pick<Sender, 'visitor' | 'page'>

const visitorOf = (hello: HelloFrame, writer: Writer, caller: Caller, days: DayIdentity): Admission<Who> => {
  const identity = IDENTITIES[hello[2]]
  const given = hello[3]
  const known = (visitor: string | null): Admission<Who> => ({ ok: true, value: { visitor, page: false } })
  if (writer.kind === 'service' && given === null) return known(null)
  switch (identity) {
    case 'page':
      return { ok: true, value: { visitor: given ?? pageVisitor(), page: true } }
    case 'device':
      if (given !== null) return known(given)
      return { ok: false, fault: Fault.badFrame, message: 'identity device needs a visitor in hello' }
    case 'host':
      if (given === null) return { ok: false, fault: Fault.badFrame, message: 'identity host needs a visitor in hello' }
      if (writer.kind === 'service' || writer.hosts) return known(given)
      return { ok: false, fault: Fault.forbidden, message: 'identity host needs a service key here' }
    default:
      return known(days.continues(given) ? given : days.visitor(caller.address, caller.userAgent))
  }
}

/** Judges a hello. Without a key it may read what its token, sent by `auth`, allows; in open mode anything. */
export const admitHello = (hello: HelloFrame, caller: Caller, access: Access, days: DayIdentity): Admission<Role> => {
  if (hello[1] === null && !access.open) return { ok: true, value: { writer: null, reader: null, rate: 'reader' } }
  const admitted = admitWriter(access, hello[1], caller)
  if (!admitted.ok) return admitted
  const writer = admitted.value
  const who = visitorOf(hello, writer, caller, days)
  if (!who.ok) return who
  const sender: Sender = {
    ...who.value,
    stream: hello[5],
    everyVisitor: writer.kind === 'service',
    channels: writer.kind === 'service' ? null : writer.channels,
    bot: isBot(writer, caller),
  }
  const reader = access.reader(null)
  const rate = hello[1] === null ? 'reader' : writer.kind
  return { ok: true, value: { writer: sender, reader: typeof reader === 'string' ? null : reader, rate } }
}
