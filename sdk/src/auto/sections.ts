import { guarded } from './ears.js'
import { SEEN_MS, SEEN_SHARE, SETTLE_MS } from './limits.js'
import type { Presence } from './presence.js'
import { MARK } from './signals.js'

type Seen = Pick<IntersectionObserverEntry, 'intersectionRatio' | 'intersectionRect'>

/** A section that is longer than the window never has its share in it. */
export const isSeen = ({ intersectionRatio, intersectionRect }: Seen, windowPx: number): boolean =>
  intersectionRatio >= SEEN_SHARE || intersectionRect.height >= windowPx * SEEN_SHARE

/** Marked sections come and go as they are seen. Returns what looks for new ones, soon; `isNew`: all are. */
export const addSections = ({ $seen, $move }: Presence): ((isNew?: boolean) => void) => {
  let looking: ReturnType<typeof setTimeout> | undefined
  let moving: ReturnType<typeof setTimeout> | undefined
  const judge = guarded((entries: IntersectionObserverEntry[]) => {
    for (const entry of entries) {
      const { target } = entry
      if (isSeen(entry, innerHeight)) $seen.set(target, target.getAttribute(MARK) as string)
      else if (!entry.isIntersecting) $seen.delete(target)
    }
    // Who scrolls by sees nothing.
    clearTimeout(moving)
    moving = setTimeout($move, SEEN_MS)
  })
  const observer = new IntersectionObserver(judge, { threshold: [0, 0.1, 0.2, 0.3, 0.4, SEEN_SHARE] })
  return isNew => {
    if (isNew) observer.disconnect()
    clearTimeout(looking)
    looking = setTimeout(() => {
      for (const section of document.querySelectorAll(`[${MARK}]`)) observer.observe(section)
    }, SETTLE_MS)
  }
}
