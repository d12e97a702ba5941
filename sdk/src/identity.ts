import type { Identity } from '@pulssi/protocol/client'

interface Page {
  localStorage?: Record<string, string>
  navigator?: { globalPrivacyControl?: boolean }
}

const STORAGE_KEY = 'pulssi.visitor'

/** Undefined where storage is forbidden by Global Privacy Control or the browser, or there is none. */
const deviceId = (makeId: () => string): string | undefined => {
  try {
    const { localStorage, navigator } = globalThis as Page
    if (!localStorage || navigator?.globalPrivacyControl) return
    localStorage[STORAGE_KEY] ||= makeId()
    return localStorage[STORAGE_KEY]
  } catch {}
  return
}

export interface Self {
  readonly identity: Identity
  /** null: the server gives one in its welcome. */
  readonly visitor: string | null
}

/** Who speaks. Reads and writes storage for `device` alone; call it with consent only. */
export const whoSpeaks = (identity: Identity, given: string | undefined, makeId: () => string): Self => {
  const visitor = identity === 'device' ? deviceId(makeId) : given
  if (identity === 'page' || (identity === 'device' && !visitor)) return { identity: 'page', visitor: makeId() }
  return { identity, visitor: identity === 'day' ? null : (visitor ?? null) }
}
