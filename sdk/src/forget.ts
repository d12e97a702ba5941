import { Frame } from '@pulssi/protocol/client'
import { Phase, type Turn } from './connection.js'
import type { Gate } from './gate.js'
import { forgetDevice } from './identity.js'
import type { Entry } from './outbox.js'
import type { Pack } from './pack.js'
import type { Consent, PageClient } from './types.js'

/** The kind of an erasure, which waits among the events and goes alone, as its isSettled says. */
const FORGET = 'forget'

/** Beyond: the new one is given up. */
const ERASURES = 1_000

const isErasure = ([{ kind }]: Entry): boolean => (kind as string) === FORGET

/** A batch, or the frame that erases a visitor. */
export const packErasures =
  (pack: Pack): Pack =>
  (frame, entries, ...rest) =>
    entries[0] && isErasure(entries[0]) ? [Frame.forget, frame, entries[0][0].visitor] : pack(frame, entries, ...rest)

export interface Forgetful extends Gate {
  /**
   * Drops what waits of this visitor and sends its erasure behind what is on the way; undefined: of the own visitor.
   * Resolves with whether the server has nothing any more.
   */
  $erase(visitor?: string): Promise<boolean>
}

const addErase = (core: Forgetful): void => {
  const { $leave: leave, $refuse: refuse } = core
  const pending = new Map<unknown, (isErased: boolean) => void>()
  const settle = (event: unknown, isErased: boolean) => {
    pending.get(event)?.(isErased)
    pending.delete(event)
  }
  core.$leave = (entries, became, counts) => {
    leave(entries, became, counts)
    for (const [event] of entries) settle(event, became === 'acked')
  }
  core.$refuse = (frame, position) => {
    const event = refuse(frame, position)
    settle(event, false)
    return event
  }
  core.$erase = visitor =>
    new Promise(done => {
      if (core.$phase > Phase.refusing) return done(false)
      const gone = core.$waiting.filter(([event, , , isSettled]) => !isSettled && event.visitor === visitor)
      core.$waiting = core.$waiting.filter(entry => !gone.includes(entry))
      core.$leave(gone, 'consent')
      const erasure = { kind: FORGET, visitor } as never
      pending.set(erasure, done)
      core.$add(ERASURES, [erasure, 0, '', true])
      // What is still called for this visitor is another's: its numbers begin anew.
      core.$renew()
      core.$start()
      core.$pump()
    })
}

/** The erasure of visitors. Until that of the own one is acknowledged nothing is taken, but the connection stays. */
export const addForget = (given: Gate): Pick<PageClient, 'forget'> => {
  const core = given as Forgetful
  const { $consent: consent, $start: start, $leavePage: leavePage, $put: put } = core
  let leaving: Promise<boolean> | undefined
  /** What the host said last, while `leaving`. */
  let next: Consent = 'denied'
  const connect = () => {
    if (core.$phase < Phase.connecting) core.$turn(core.$phase as Turn)
  }
  const leave = async (): Promise<boolean> => {
    const isErased = core.$visitor === null || (await core.$erase())
    consent('denied')
    core.$end()
    if (isErased) {
      core.$visitor = null
      forgetDevice()
    }
    return isErased
  }
  addErase(core)
  core.$consent = state => {
    if (leaving) next = state
    else consent(state)
  }
  core.$start = () => (leaving ? connect() : start())
  core.$leavePage = () => {
    if (!leaving) leavePage()
  }
  core.$put = (event, isLossless) => {
    if (!leaving) return put(event, isLossless)
    core.$stats.lost.consent++
    return 'closed'
  }
  const forget = () => {
    if (leaving) return leaving
    next = 'denied'
    leaving = Promise.resolve()
      .then(leave)
      .finally(() => {
        leaving = undefined
        consent(next)
      })
    return leaving
  }
  return { forget }
}
