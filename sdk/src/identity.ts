import { IDENTITIES, type Identity } from '@pulssi/protocol/client'

export const DAY = 0
const PAGE = 1
const DEVICE = 2
const HOST = 3
const STORAGE_KEY = 'pulssi.visitor'

/** Undefined where storage is forbidden by Global Privacy Control or the browser, or there is none. */
const deviceId = (makeId: () => string): string | undefined => {
  try {
    if (!(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) {
      localStorage[STORAGE_KEY] ||= makeId()
      return localStorage[STORAGE_KEY]
    }
  } catch {}
  return
}

/** As in hello: the place in IDENTITIES, and the visitor; null: the server gives one in its welcome. */
export type Self = readonly [identity: number, visitor: string | null]

/** Who speaks. Reads and writes storage for `device` alone; call it with consent only. */
export const whoSpeaks = (identity: Identity, given: string | undefined, makeId: () => string): Self => {
  const index = IDENTITIES.indexOf(identity)
  const kept = index === DEVICE && deviceId(makeId)
  if (kept) return [DEVICE, kept]
  // Day and host are known from outside, page and a device that keeps nothing have an id for this document.
  return index % HOST ? [PAGE, makeId()] : [index, (index && given) || null]
}
