import { Fault, type HelloFrame, IDENTITIES } from '@pulssi/protocol'
import { isbot } from 'isbot'
import { isPageMade, type Sender } from '../intake/index.js'
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
  /** What the key allows that `writer` was made from; null without one. */
  readonly rights: Writer | null
}

export type Admission<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault; readonly message: string }

const TURNED_AWAY = {
  unauthorized: [Fault.unauthorized, 'this key or token is not known here'],
  forbidden: [Fault.forbidden, 'a write key does not read, and a read token does not write'],
  tooMany: [Fault.tooManyConnections, 'too many keys or tokens from this address were wrong: wait a second'],
} as const

const turnAway = (why: Refused, message?: string): Admission<never> => {
  const [fault, usual] = TURNED_AWAY[why]
  return { ok: false, fault, message: why === 'unauthorized' && message !== undefined ? message : usual }
}

const mayCome = (writer: Writer, origin: string | null): boolean =>
  writer.kind === 'service' || writer.origins === null || (origin !== null && writer.origins.has(origin))

const FROM_ELSEWHERE: Admission<never> = {
  ok: false,
  fault: Fault.forbidden,
  message: 'this key may not be used from this Origin: list it there',
}

/** The writer behind a key, if it may be used from where the caller is. */
export const admitWriter = (access: Access, key: string | null, caller: Caller): Admission<Writer> => {
  const writer = access.writer(key, caller.address)
  if (typeof writer === 'string') return turnAway(writer)
  return mayCome(writer, caller.origin) ? { ok: true, value: writer } : FROM_ELSEWHERE
}

/** What a token allows; a signed one takes its time. Never rejects. */
export const admitReader = (
  access: Access,
  token: string | null,
  { address }: Pick<Caller, 'address'>,
): Admission<Reader> | Promise<Admission<Reader>> => {
  if (token !== null && access.isSigned(token)) {
    return access
      .verify(token, address)
      .then(verdict => ('refused' in verdict ? turnAway(verdict.refused, verdict.why) : { ok: true, value: verdict }))
  }
  const reader = access.reader(token, address)
  return typeof reader === 'string' ? turnAway(reader) : { ok: true, value: reader }
}

/** Services may be anything that fetches; only what comes with a page's key is looked at for bots. */
export const isBot = (writer: Writer, caller: Caller): boolean => writer.kind === 'page' && isbot(caller.userAgent)

type Who = Pick<Sender, 'visitor' | 'page'>

const denied = (message: string): Admission<never> => ({ ok: false, fault: Fault.forbidden, message })
const incomplete = (message: string): Admission<never> => ({ ok: false, fault: Fault.badFrame, message })

/**
 * Whether a page may call itself so: ids that were made for pages begin as such, every other is the host's, for which
 * the host must speak. So no page can pass for another's customer by calling its own id a page's or a device's.
 */
export const maySpeakAs = (writer: Writer, visitor: string, proof: string | null): boolean =>
  writer.kind === 'service' || writer.prover === null || isPageMade(visitor) || writer.prover('visitor', visitor, proof)

const UNPROVEN = 'this visitor is none that a page makes for itself: the host must prove it'

const visitorOf = (hello: HelloFrame, writer: Writer, caller: Caller, days: DayIdentity): Admission<Who> => {
  const [, , identity, given, proof] = hello
  const known = (visitor: string | null, page: boolean): Admission<Who> =>
    visitor === null || maySpeakAs(writer, visitor, proof) ? { ok: true, value: { visitor, page } } : denied(UNPROVEN)
  if (writer.kind === 'service' && given === null) return known(null, false)
  switch (IDENTITIES[identity]) {
    case 'page':
      return known(given ?? pageVisitor(), true)
    case 'device':
      return given === null ? incomplete('identity device needs a visitor in hello') : known(given, false)
    case 'host':
      return given === null ? incomplete('identity host needs a visitor in hello') : known(given, false)
    default:
      return known(days.continues(given) ? given : days.visitor(caller.address, caller.userAgent), false)
  }
}

/** Judges a page's links: a customer needs the host's proof, and a journey code is for services to redeem. */
export const linksOf = (writer: Writer): Sender['mayLink'] => {
  if (writer.kind === 'service' || writer.prover === null) return null
  const { prover } = writer
  return ([, , , customer, code, proof]) => customer !== null && code === null && prover('customer', customer, proof)
}

/** Judges a hello. Without a key it may read what its token, sent by `auth`, allows; in open mode anything. */
export const admitHello = (hello: HelloFrame, caller: Caller, access: Access, days: DayIdentity): Admission<Role> => {
  if (hello[1] === null && !access.open) {
    return { ok: true, value: { writer: null, reader: null, rate: 'reader', rights: null } }
  }
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
    mayLink: linksOf(writer),
    mayComment: null,
    group: writer.kind === 'page' ? days.group(caller.address) : null,
  }
  const reader = access.reader(null, caller.address)
  const rate = hello[1] === null ? 'reader' : writer.kind
  const value = { writer: sender, reader: typeof reader === 'string' ? null : reader, rate, rights: writer } as const
  return { ok: true, value }
}

/** The proof that came with hello is not kept: under another secret it must come again. */
const wasProvenOtherwise = ({ rights, writer }: Role, now: Writer): boolean =>
  now.kind === 'page' &&
  now.prover !== null &&
  !(rights?.kind === 'page' && rights.provenBy === now.provenBy) &&
  typeof writer?.visitor === 'string' &&
  !isPageMade(writer.visitor)

/** What a role is worth after the keys and tokens have changed; a failure where its key or token is gone. */
export const admitAgain = (role: Role, caller: Caller, access: Access): Admission<Role> => {
  const rights = role.rights === null ? null : access.renewedWriter(role.rights)
  const reader = role.reader === null ? null : access.renewedReader(role.reader)
  const isGone = (role.rights !== null && rights === null) || (role.reader !== null && reader === null)
  if (isGone) return { ok: false, fault: Fault.unauthorized, message: 'the key or token was revoked' }
  if (role.writer === null || rights === null) return { ok: true, value: { ...role, reader } }
  if (!mayCome(rights, caller.origin)) return FROM_ELSEWHERE
  if (wasProvenOtherwise(role, rights)) return denied(UNPROVEN)
  const channels = rights.kind === 'service' ? null : rights.channels
  return {
    ok: true,
    value: { ...role, rights, reader, writer: { ...role.writer, channels, mayLink: linksOf(rights) } },
  }
}
