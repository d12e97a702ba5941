import { IDENTITIES, type Identity } from '@pulssi/protocol/client'

const PAGE = 1
export const DEVICE = 2
const HOST = 3
const STORAGE_KEY = 'pulssi.visitor'

/** The next device is another one. */
export const forgetDevice = (): void => {
  try {
    delete localStorage[STORAGE_KEY]
  } catch {}
}

/** As in hello: the place in IDENTITIES, and the visitor; null: the server gives one in its welcome. */
export type Self = readonly [identity: number, visitor: string | null]

/**
 * Who speaks. Reads and writes storage for `device` alone; call it with consent only. A device is known as a page where
 * storage is forbidden by Global Privacy Control or the browser, or there is none.
 */
export const whoSpeaks = (identity: Identity, given: string | undefined, makeId: () => string): Self => {
  const index = IDENTITIES.indexOf(identity)
  try {
    if (index === DEVICE && !(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) {
      // biome-ignore lint/suspicious/noAssignInExpressions: the shortest there is
      return [DEVICE, (localStorage[STORAGE_KEY] ||= `v.${makeId()}`)]
    }
  } catch {}
  // Day and host are known from outside, page and a device that keeps nothing have an id for this document.
  return index % HOST ? [PAGE, `p.${makeId()}`] : [index, (index && given) || null]
}
