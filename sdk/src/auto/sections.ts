import { guarded } from './ears.js'
import { SEEN_MS, SEEN_SHARE, SETTLE_MS } from './limits.js'
import type { Presence } from './presence.js'
import { MARK } from './signals.js'

type Seen = Pick<IntersectionObserverEntry, 'intersectionRatio' | 'intersectionRect'>

/** A section that is longer than the window never has its share in it. */
export const isSeen = ({ intersectionRatio, intersectionRect }: Seen, windowPx: number): boolean =>
  intersectionRatio >= SEEN_SHARE || intersectionRect.height >= windowPx * SEEN_SHARE

/** Marked sections come and go as they are seen. Returns what looks for new ones, soon. */
export const addSections = ([seen, move]: Presence): (() => void) => {
  let moving: ReturnType<typeof setTimeout> | undefined
  const judge = guarded((entries: IntersectionObserverEntry[]) => {
    for (const entry of entries) {
      const target = entry.target as HTMLElement
      const { pulssi } = target.dataset
      if (isSeen(entry, innerHeight)) seen.set(target, pulssi as string)
      else if (!entry.isIntersecting) seen.delete(target)
    }
    // Who scrolls by sees nothing.
    clearTimeout(moving)
    moving = setTimeout(move, SEEN_MS)
  })
  const observer = new IntersectionObserver(judge, { threshold: [0, 0.1, 0.2, 0.3, 0.4, SEEN_SHARE] })
  return () =>
    setTimeout(() => {
      // Another page may have the same ones: all are judged again.
      observer.disconnect()
      for (const section of document.querySelectorAll(MARK)) observer.observe(section)
    }, SETTLE_MS)
}
