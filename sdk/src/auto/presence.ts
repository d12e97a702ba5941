import type { Ears } from './ears.js'
import type { AutoClient } from './types.js'

/** Where the visitor is: in the section that came into view last and still is, else on the page. */
export interface Presence {
  /** The sections in view, and their touchpoints. After a change: `$move`. */
  readonly $seen: Map<Element, string>
  $move(this: void): void
  /** Another page, which has no sections yet; undefined: one without a touchpoint. */
  $page(touchpoint: string | undefined): void
  /** The visitor is away, or back. */
  $away(this: void, isAway: boolean): void
}

export const createPresence = ({ $signal }: Ears, client: AutoClient): Presence => {
  const seen = new Map<Element, string>()
  let page: string | undefined
  let current: string | undefined
  let away = false
  const move = (): void => {
    const last = current
    current = away ? undefined : ([...seen.values()].pop() ?? page)
    if (current === last || $signal.aborted) return
    // To enter elsewhere ends a visit by itself.
    if (current) client.enter(current)
    else if (last) client.leave(last)
  }
  return {
    $seen: seen,
    $move: move,
    $page: touchpoint => {
      seen.clear()
      page = touchpoint
      // Another page of the same touchpoint is another view.
      if (touchpoint) current = ''
      move()
    },
    $away: isAway => {
      away = isAway
      move()
    },
  }
}
