import {
  type AuthFrame,
  type BatchFrame,
  type ClientFrame,
  Close,
  Fault,
  type ForgetFrame,
  Frame,
  type HelloFrame,
  type SubscribeFrame,
} from '@pulssi/protocol'
import type { Sender } from '../intake/index.js'
import { allowsTheSame, type Reader } from './access.js'
import type { Admission, Role } from './admit.js'

/**
 * A connection as a state machine without sockets and clocks.
 *
 * * `awaitingHello`: nothing but `hello` is taken. Left by it, or by its deadline.
 * * `open`: the next batch has the number `next`.
 * * `refusing`: batch `from` was not taken. Later ones were sent before the client could know: they are dropped
 *   without a word until `from` comes again.
 * While a token is being verified, `held` keeps the frames that wait for its verdict, in their order; numbered ones
 * don't depend on it and pass by.
 *
 * * `closing`: a close frame is sent; whatever still comes is ignored.
 */
export type Session =
  | { readonly state: 'awaitingHello' }
  | { readonly state: 'open'; readonly role: Role; readonly next: number; readonly held?: readonly Reading[] }
  | { readonly state: 'refusing'; readonly role: Role; readonly from: number; readonly held?: readonly Reading[] }
  | { readonly state: 'closing' }

/** Frames that bear a number, are taken in its order and acknowledged by it. */
export type Numbered = BatchFrame | ForgetFrame

export const isNumbered = (frame: ClientFrame): frame is Numbered =>
  frame[0] === Frame.batch || frame[0] === Frame.forget

/** Frames that have no number. */
export type Reading = Exclude<ClientFrame, Numbered>

/** Frames that wait for the verdict on a token; a client has no more subscriptions than this. Beyond: 4400. */
export const HELD_FRAMES = 64

/** Why a batch can't be taken now. */
export interface NotNow {
  readonly fault: typeof Fault.rateLimited | typeof Fault.overloaded
  readonly message: string
  readonly retryMs: number
}

export type Input =
  | { readonly type: 'frame'; readonly frame: ClientFrame }
  | { readonly type: 'malformed'; readonly message: string }
  | { readonly type: 'text' }
  | { readonly type: 'helloLate' }
  /** The verdict on the token that `auth` brought. */
  | { readonly type: 'verified'; readonly admission: Admission<Reader> }
  | { readonly type: 'expired' }
  /** Keys and tokens have changed: `review` tells what the role is worth now. */
  | { readonly type: 'reviewed'; readonly review: (role: Role) => Admission<Role> }
  /** The log did not take batch `frame`, which had been handed over. */
  | { readonly type: 'lost'; readonly frame: number; readonly why: NotNow }

/** The outside that a frame is judged by. */
export interface Judge {
  hello(frame: HelloFrame): Admission<Role>
  /** `verifying`: the verdict comes later, as `verified`. */
  auth(frame: AuthFrame): Admission<Reader> | 'verifying'
  /** Asked once for every frame. */
  capacity(frame: ClientFrame): NotNow | null
}

export type Effect =
  | { readonly type: 'welcome'; readonly role: Role }
  | { readonly type: 'take'; readonly writer: Sender; readonly frame: Numbered }
  | { readonly type: 'subscribe'; readonly reader: Reader; readonly frame: SubscribeFrame }
  | { readonly type: 'unsubscribe'; readonly id: number }
  | { readonly type: 'reader'; readonly reader: Reader }
  | { readonly type: 'notTaken'; readonly frame: number | null; readonly why: NotNow }
  /** Frames from `frame` on that were handed over and are not acknowledged will come again. */
  | { readonly type: 'forget'; readonly frame: number }
  | { readonly type: 'close'; readonly code: number; readonly message: string }
  /** As `close`, of which the other side is innocent. */
  | { readonly type: 'dismiss'; readonly code: number; readonly message: string }

export type Step = readonly [session: Session, effects: readonly Effect[]]

export const AWAITING_HELLO: Session = { state: 'awaitingHello' }
const CLOSING: Session = { state: 'closing' }
const FIRST_FRAME = 1

const close = (code: number, message: string): Step => [CLOSING, [{ type: 'close', code, message }]]
const dismiss = (code: number, message: string): Step => [CLOSING, [{ type: 'dismiss', code, message }]]
const same = (session: Session): Step => [session, []]

export const step = (session: Session, input: Input, judge: Judge): Step => {
  if (session.state === 'closing') return same(session)
  switch (input.type) {
    case 'text':
      return close(Close.unsupportedData, 'frames are binary MessagePack, not text')
    case 'malformed':
      return close(Fault.badFrame, input.message)
    case 'helloLate':
      return session.state === 'awaitingHello' ? close(Fault.helloTimeout, 'no hello came in time') : same(session)
    case 'lost':
      return lost(session, input.frame, input.why)
    case 'verified':
      return verified(session, input.admission, judge)
    case 'expired':
      // A fresh token on its way decides by itself.
      return isHolding(session) ? same(session) : dismiss(Fault.tokenExpired, 'the read token has expired')
    case 'reviewed':
      return reviewed(session, input.review)
    case 'frame':
      if (session.state === 'awaitingHello') return greet(input.frame, judge)
      return isNumbered(input.frame) ? numbered(session, input.frame, judge) : other(session, input.frame, judge)
    default:
      return input satisfies never
  }
}

const greet = (frame: ClientFrame, judge: Judge): Step => {
  if (frame[0] !== Frame.hello) return close(Fault.badFrame, 'the first frame must be hello')
  const admission = judge.hello(frame)
  if (!admission.ok) return close(admission.fault, admission.message)
  const role = admission.value
  return [{ state: 'open', role, next: FIRST_FRAME }, [{ type: 'welcome', role }]]
}

type Greeted = Session & { state: 'open' | 'refusing' }
type Holding = Greeted & { readonly held: readonly Reading[] }

const isGreeted = (session: Session): session is Greeted => session.state === 'open' || session.state === 'refusing'
const isHolding = (session: Session): session is Holding => isGreeted(session) && session.held !== undefined
/** What waits goes on waiting, whatever becomes of the batches. */
const keep = ({ held }: Greeted): { held?: readonly Reading[] } => (held === undefined ? {} : { held })

const numbered = (session: Greeted, frame: Numbered, judge: Judge): Step => {
  const { role } = session
  if (role.writer === null) return close(Fault.forbidden, 'a read token does not write: say hello with a write key')
  const number = frame[1]
  if (session.state === 'refusing' && number > session.from) return same(session)
  const expected = session.state === 'refusing' ? session.from : session.next
  if (number !== expected) return close(Fault.badFrame, `batch ${expected} was expected, not ${number}`)
  const why = judge.capacity(frame)
  const held = keep(session)
  if (why !== null) {
    return [{ state: 'refusing', role, from: number, ...held }, [{ type: 'notTaken', frame: number, why }]]
  }
  return [{ state: 'open', role, next: number + 1, ...held }, [{ type: 'take', writer: role.writer, frame }]]
}

const other = (session: Greeted, frame: Reading, judge: Judge): Step => {
  const why = judge.capacity(frame)
  if (why !== null) return [session, [{ type: 'notTaken', frame: null, why }]]
  return read(session, frame, judge)
}

const read = (session: Greeted, frame: Reading, judge: Judge): Step => {
  if (isHolding(session)) {
    if (session.held.length < HELD_FRAMES) return same({ ...session, held: [...session.held, frame] })
    return close(Fault.badFrame, 'too many frames came while a token was being verified')
  }
  switch (frame[0]) {
    case Frame.hello:
      return close(Fault.badFrame, 'hello is said once')
    case Frame.auth: {
      const admission = judge.auth(frame)
      return admission === 'verifying' ? same({ ...session, held: [] }) : admitted(session, admission)
    }
    case Frame.subscribe: {
      const { reader, writer } = session.role
      if (reader !== null) {
        if (reader.scopes.has('pulse')) return [session, [{ type: 'subscribe', reader, frame }]]
        return close(Fault.forbidden, 'this token lacks the scope pulse')
      }
      if (writer !== null) return close(Fault.forbidden, 'a write key does not read: send a read token by auth first')
      return close(Fault.unauthorized, 'reading needs a read token: send it by auth first')
    }
    case Frame.unsubscribe:
      return [session, [{ type: 'unsubscribe', id: frame[1] }]]
    default:
      return frame satisfies never
  }
}

const admitted = (session: Greeted, admission: Admission<Reader>): Step => {
  if (!admission.ok) return close(admission.fault, admission.message)
  const reader = admission.value
  return [{ ...session, role: { ...session.role, reader } }, [{ type: 'reader', reader }]]
}

const verified = (session: Session, admission: Admission<Reader>, judge: Judge): Step => {
  if (!isHolding(session)) return same(session)
  const { held, ...rest } = session
  let [now, effects] = admitted(rest, admission)
  for (const frame of held) {
    if (!isGreeted(now)) break
    const [next, more] = read(now, frame, judge)
    now = next
    effects = [...effects, ...more]
  }
  return [now, effects]
}

const reviewed = (session: Session, review: (role: Role) => Admission<Role>): Step => {
  if (!isGreeted(session)) return same(session)
  const admission = review(session.role)
  if (!admission.ok) return dismiss(admission.fault, admission.message)
  const role = admission.value
  const { reader } = role
  const isNew = reader !== null && (session.role.reader === null || !allowsTheSame(reader, session.role.reader))
  return [{ ...session, role }, isNew ? [{ type: 'reader', reader }] : []]
}

const lost = (session: Session, frame: number, why: NotNow): Step => {
  if (!isGreeted(session)) return same(session)
  if (session.state === 'refusing' && session.from <= frame) return same(session)
  const effects: Effect[] = [
    { type: 'forget', frame },
    { type: 'notTaken', frame, why },
  ]
  return [{ state: 'refusing', role: session.role, from: frame, ...keep(session) }, effects]
}
