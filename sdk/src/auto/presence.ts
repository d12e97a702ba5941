import type { Ears } from './ears.js'
import type { AutoClient } from './types.js'

/** Where the visitor is: in the section that came into view last and still is, else on the page. */
export type Presence = readonly [
  /** The sections in view, and their touchpoints. After a change: `move`. */
  seen: Map<Element, string>,
  move: () => void,
  /** Another page, which has no sections yet; undefined: one without a touchpoint. */
  setPage: (touchpoint: string | undefined) => void,
  /** The visitor is away, or back. */
  setAway: (isAway: boolean) => void,
]

export const createPresence = (ears: Ears, client: AutoClient): Presence => {
  const seen = new Map<Element, string>()
  let page: string | undefined
  let current: string | undefined
  let away = false
  const move = (): void => {
    const last = current
    current = away ? undefined : ([...seen.values()].pop() ?? page)
    if (current === last || ears.aborted) return
    // To enter elsewhere ends a visit by itself.
    if (current) client.enter(current)
    else if (last) client.leave(last)
  }
  return [
    seen,
    move,
    touchpoint => {
      seen.clear()
      page = touchpoint
      // Another page of the same touchpoint is another view.
      if (touchpoint) current = ''
      move()
    },
    isAway => {
      away = isAway
      move()
    },
  ]
}
