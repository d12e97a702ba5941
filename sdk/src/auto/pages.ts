import { type Ears, now } from './ears.js'
import { BACK_MS, HIDDEN_MS } from './limits.js'
import { createMatcher, pathOf } from './patterns.js'
import { createPresence } from './presence.js'
import { addSections } from './sections.js'
import type { Tell } from './signals.js'
import type { AutoClient, AutoOptions } from './types.js'

/** Calls `run` after each change of the address by a script, where the browser has no other way to hear of it. */
const wrapHistory = (ears: Ears, run: () => void): void => {
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name]
    const wrapped: typeof original = (...args) => {
      original.apply(history, args)
      run()
    }
    history[name] = wrapped
    ears.$signal.addEventListener('abort', () => {
      // Somebody else may have wrapped it since.
      if (history[name] === wrapped) history[name] = original
    })
  }
}

/**
 * Enters and leaves touchpoints as the visitor moves. `leave` is called before a page is left. Returns what looks for new
 * sections.
 */
export const addPages = (
  ears: Ears,
  client: AutoClient,
  { pages, hash }: AutoOptions,
  tell: Tell,
  leave: () => void,
): (() => void) => {
  const match = createMatcher(pages)
  const presence = createPresence(ears, client)
  const look = addSections(presence)
  const { navigation } = globalThis as { navigation?: Navigation }
  let path: string | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined
  const [load] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  // When a page was come to, unless by going back or by loading it again.
  let cameMs = load?.type === 'navigate' ? now() : -Infinity

  const route = (event?: Partial<NavigationCurrentEntryChangeEvent>): void => {
    const next = pathOf(location, hash)
    if (next === path) return
    if (path) {
      leave()
      cameMs = event?.navigationType === 'traverse' ? -Infinity : now()
    }
    path = next
    presence.$page(match(path))
    look(true)
  }
  const show = ({ persisted }: Partial<PageTransitionEvent> = {}): void => {
    clearTimeout(hiding)
    if (document.hidden) hiding = setTimeout(presence.$away, HIDDEN_MS, true)
    else {
      // A page that is made ahead, or in another tab, is entered when it is seen.
      route()
      presence.$away(false)
      look()
    }
    if (persisted) cameMs = -Infinity
  }

  if (navigation) {
    ears.$on(navigation, 'currententrychange', route)
    ears.$on(navigation, 'navigate', ({ navigationType, destination }: NavigateEvent) => {
      const { index, url } = destination
      const isBack = navigationType === 'traverse' && index < (navigation.currentEntry?.index as number)
      const isOther = match(pathOf(new URL(url), hash)) !== match(path as string)
      if (isBack && isOther && now() - cameMs < BACK_MS) tell('back')
    })
  } else {
    wrapHistory(ears, route)
    ears.$on(window, 'popstate', route)
  }
  ears.$on(window, 'visibilitychange DOMContentLoaded pageshow', show)
  ears.$on(window, 'pagehide', () => {
    leave()
    presence.$away(true)
  })
  show()
  return look
}
