import { controlOf, isJudged, leadsAway } from './clickable.js'
import { type Ears, guarded, now } from './ears.js'
import { ANSWERED_MS, DEAD_MS, LATE_MS, RAGE_CLICKS, RAGE_WAIT_MS } from './limits.js'
import { isRage } from './rage.js'
import { type Tell, targetOf } from './signals.js'

const CHANGES = { subtree: true, childList: true, attributes: true, characterData: true }

/**
 * Judges clicks that nothing answers. From a press on, for as long as a click waits for its answer, all that may be one
 * is heard: the first takes back all clicks so far. At other times the document is not observed. Returns what is to be
 * called for an answer that is heard elsewhere.
 */
export const addClicks = (ears: Ears, tell: Tell, look: () => void): (() => void) => {
  const answeredMs = new WeakMap<Element, number>()
  let clicks: PointerEvent[] = []
  let waiting: ReturnType<typeof setTimeout> | undefined
  /** What was pressed last, while an answer is waited for. */
  let pressed: Element | undefined
  let isAnswered = false

  const end = (): void => {
    clearTimeout(waiting)
    changes.disconnect()
    pressed = undefined
    clicks = []
  }
  const heard = (): void => {
    if (!pressed) return
    isAnswered = true
    answeredMs.set(pressed, now())
    end()
    look()
  }
  const changes = new MutationObserver(heard)

  // Menus open on the press already.
  ears.$on(window, 'pointerdown click', (event: PointerEvent) => {
    const target = targetOf(event)
    const control = controlOf(target)
    const isClick = event.type === 'click'
    // A script's own click is something that happens.
    if (!event.isTrusted) return heard()
    if (!isClick || !event.detail) isAnswered = false
    if (isAnswered || now() - (answeredMs.get(control) as number) < ANSWERED_MS || !isJudged(target, control)) return
    pressed = control
    changes.observe(document, CHANGES)
    for (const node of event.composedPath()) if (node instanceof ShadowRoot) changes.observe(node, CHANGES)
    if (isClick) clicks = [...clicks.slice(1 - RAGE_CLICKS), event]
    const isFierce = isRage(clicks)
    const active = document.activeElement
    const dueMs = now() + (isFierce ? RAGE_WAIT_MS : DEAD_MS)
    const verdict = (): void => {
      end()
      // A dialog, another window or a menu has taken over: that was the answer.
      const isElsewhere = now() - dueMs > LATE_MS || document.activeElement !== active || !document.hasFocus()
      if (!isClick || isElsewhere || (!event.defaultPrevented && leadsAway(control))) return
      // Once is enough, as if it had been answered.
      answeredMs.set(control, now())
      tell(isFierce ? 'rage' : 'dead', control)
    }
    clearTimeout(waiting)
    waiting = setTimeout(guarded(verdict), dueMs - now())
  })
  ears.$on(window, 'scroll input toggle play pause copy', heard)
  // Another page, or a download.
  ears.$on((globalThis as { navigation?: EventTarget }).navigation ?? window, 'navigate', heard)
  // Its own handler may keep a form from going anywhere.
  ears.$on(window, 'submit', (event: Event) => setTimeout(() => event.defaultPrevented || heard()))
  ears.$on(window, 'pagehide', end)
  return heard
}
