import { CONTROL, NEAR_UNSEEN, UNJUDGED } from './clickable.js'
import { guarded, type Listen, now } from './ears.js'
import { ANSWERED_MS, DEAD_MS, LATE_MS, RAGE_WAIT_MS } from './limits.js'
import { isRage } from './rage.js'
import { type Tell, targetOf } from './signals.js'

const CHANGES = { subtree: true, childList: true, attributes: true, characterData: true }

/**
 * Judges clicks that nothing answers. From a press on, for as long as a click waits for its answer, all that may be one
 * is heard: the first takes back all clicks so far. At other times the document is not observed. Returns what is to be
 * called for an answer that is heard elsewhere.
 */
export const addClicks = (listen: Listen, tell: Tell, look: () => void): (() => void) => {
  const answeredMs = new WeakMap<Element, number>()
  let clicks: PointerEvent[] = []
  let waiting: ReturnType<typeof setTimeout> | undefined
  /** What was pressed last, while an answer is waited for. */
  let pressed: Element | null = null

  const heard = (): void => {
    if (!pressed) return
    answeredMs.set(pressed, now())
    pressed = null
    clicks = []
    clearTimeout(waiting)
    changes.disconnect()
    look()
  }
  const changes = new MutationObserver(heard)

  // Menus open on the press already.
  listen('pointerdown click', (event: PointerEvent) => {
    const target = targetOf(event)
    const found = target.closest(CONTROL)
    const control = found ?? target
    // A script's own click is something that happens.
    if (!event.isTrusted) return heard()
    if (
      // A click by hand, whose press has been answered by now.
      (event.detail && !pressed) ||
      now() - (answeredMs.get(control) as number) < ANSWERED_MS ||
      // Looks like nothing to click on, or can't be seen to answer.
      (!found && getComputedStyle(target).cursor !== 'pointer') ||
      control.closest(UNJUDGED) ||
      control.matches(NEAR_UNSEEN)
    )
      return
    pressed = control
    // Documents and shadow trees.
    for (const node of event.composedPath() as Node[]) if (node.nodeType > 8) changes.observe(node, CHANGES)
    const isClick = event.type === 'click'
    if (isClick) clicks.unshift(event)
    const isFierce = isRage(clicks)
    const active = document.activeElement
    const waitMs = isFierce ? RAGE_WAIT_MS : DEAD_MS
    const lateMs = now() + waitMs + LATE_MS
    const verdict = (): void => {
      // A dialog, another window or a menu has taken over: that was the answer.
      const isDead = isClick && now() < lateMs && document.activeElement === active && document.hasFocus()
      // Once is enough, as if it had been answered.
      heard()
      if (isDead) tell(isFierce ? 'rage' : 'dead', control)
    }
    clearTimeout(waiting)
    waiting = setTimeout(guarded(verdict), waitMs)
  })
  // To go is an answer: to another page, or a download.
  listen('scroll input toggle play pause copy navigate pagehide', heard)
  // Its own handler may keep a form from going anywhere.
  listen('submit', (event: Event) => setTimeout(() => event.defaultPrevented || heard()))
  return heard
}
