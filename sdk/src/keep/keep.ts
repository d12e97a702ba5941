import type { Gate } from '../gate.js'
import { DEVICE } from '../identity.js'
import { CHAR_BYTES, EVENT_HEAD_BYTES, OUTBOX_EVENTS } from '../limits.js'
import type { Open, Socket } from '../socket.js'
import type { PulseOptions } from '../types.js'
import { createShelf } from './shelf.js'
import { keptPages, lockOf, purge, readKept } from './storage.js'

/** undefined where nothing may be kept or nobody could tell whose it is: no page, no storage, no locks, GPC. */
const locksOf = (): LockManager | undefined => {
  try {
    const { locks, globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean }
    if (!globalPrivacyControl) return localStorage && locks
    purge()
  } catch {}
  return
}

/** The socket comes once `ready` has. */
const openAfter =
  (open: Open, ready: () => Promise<unknown>): Open =>
  (...args) => {
    let socket: Socket | undefined
    let isWanted = true
    const begin = () => {
      if (isWanted) socket = open(...args)
    }
    ready().then(begin, begin)
    return {
      send: bytes => socket?.send(bytes),
      close: code => {
        isWanted = false
        socket?.close(code)
      },
    }
  }

/** Takes over what other pages have left of this visitor, before what waits. Returns once that is done. */
const adopt = async (core: Gate, key: string, page: string, locks: LockManager): Promise<void> => {
  const take = (names: readonly string[]) => {
    let taken = 0
    for (const name of names) {
      const [itsKey, visitor, event] = readKept(name) ?? []
      const sizeBytes = JSON.stringify(event ?? '').length * CHAR_BYTES + EVENT_HEAD_BYTES
      const isOurs = event && itsKey === key && visitor === core.$visitor
      if (!isOurs || core.$lacksRoom(OUTBOX_EVENTS, sizeBytes)) continue
      core.$add(OUTBOX_EVENTS, [event, sizeBytes, [event.visitor, event.stream, ''].join()])
      localStorage.removeItem(name)
      taken++
    }
    if (taken) core.$waiting.unshift(...core.$waiting.splice(-taken))
  }
  const { $visitor: visitor } = core
  for (const [other, names] of keptPages(core.$now())) {
    if (other === page) continue
    await locks.request(lockOf(other), { ifAvailable: true }, async lock => {
      if (lock && core.$visitor === visitor) take(names)
    })
  }
}

/** Says to other pages that this one lives. A page that holds a lock is not kept in the back/forward cache. */
const createHold = (locks: LockManager, page: string): (() => void) => {
  let release = () => {}
  let isHeld = false
  const hold = () => {
    release()
    const held = () =>
      new Promise<void>(done => {
        release = done
      })
    locks.request(lockOf(page), held).catch(() => {})
  }
  addEventListener('pagehide', () => release())
  addEventListener('pageshow', () => isHeld && hold())
  return () => {
    isHeld = true
    hold()
  }
}

/**
 * Events of a visitor whom the device or the host knows outlive their page in storage until they are acknowledged: the
 * next page of that visitor takes over what pages that are gone have left, and sends it before its own, with its old
 * stream and number, so that it is counted once whoever else has sent it. Only with consent, and not under GPC.
 */
export const addKeep = (core: Gate, { key }: PulseOptions): void => {
  const locks = locksOf()
  if (!locks) return
  const { $add: add, $leave: leave, $begin: begin, $consent: consent } = core
  const page = core.$makeId()
  const shelf = createShelf(core, key, page)
  const hold = createHold(locks, page)
  let isOn = false
  let adopted: Promise<unknown> = Promise.resolve()
  Object.assign(core, { $open: openAfter(core.$open, () => adopted) })
  core.$add = (maxEvents, entry) => {
    add(maxEvents, entry)
    if (isOn && core.$waiting.includes(entry)) shelf.keep(entry)
  }
  core.$leave = (entries, became, counts) => {
    leave(entries, became, counts)
    // What `close` left unsent is for the next page.
    if (became !== 'closed') for (const [event] of entries) shelf.drop(event)
  }
  core.$begin = () => {
    begin()
    isOn = core.$identity >= DEVICE && core.$visitor !== null
    if (!isOn) return
    hold()
    core.$waiting.forEach(shelf.keep)
    adopted = adopt(core, key, page, locks).catch(() => {})
  }
  core.$consent = state => {
    if (state !== 'granted') isOn = false
    consent(state)
    if (state === 'denied') purge()
  }
}
