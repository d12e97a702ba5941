import { type Ears, type Listen, navigation, now, wrap } from './ears.js'
import { BACK_MS, HIDDEN_MS } from './limits.js'
import { createMatcher, pathOf } from './patterns.js'
import { createPresence } from './presence.js'
import { addSections } from './sections.js'
import type { Tell } from './signals.js'
import type { AutoClient, AutoOptions } from './types.js'

/** What changes the address by a script. */
type Changes = Record<'pushState' | 'replaceState', () => void>

/**
 * Enters and leaves touchpoints as the visitor moves. `leave` is called before a page is left. Returns what looks for new
 * sections.
 */
export const addPages = (
  ears: Ears,
  listen: Listen,
  client: AutoClient,
  { pages, hash }: AutoOptions,
  tell: Tell,
  leave: () => void,
): (() => void) => {
  const match = createMatcher(pages)
  const presence = createPresence(ears, client)
  const [, , setPage, setAway] = presence
  const look = addSections(presence)
  let path: string | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined
  /** When a page was come to, unless by going back or by loading it again. */
  let cameMs: number

  const route = (event?: { navigationType?: string } | null): void => {
    const next = pathOf(location, hash)
    if (next === path) return
    if (path) leave()
    cameMs = /push|replace/.test(event?.navigationType as string) ? now() : Number.NaN
    path = next
    setPage(match(path))
    look()
  }
  const show = (): void => {
    clearTimeout(hiding)
    if (document.hidden) hiding = setTimeout(setAway, HIDDEN_MS, true)
    else {
      // A page that is made ahead, or in another tab, is entered when it is seen.
      route(navigation?.activation)
      setAway(false)
      look()
    }
  }

  listen('currententrychange popstate', route)
  listen('navigate', ({ destination: { key, index, url } }: NavigateEvent) => {
    // Only what has been visited before has a key.
    const isBack = key && index < ((navigation as Navigation).currentEntry?.index as number)
    const isOther = match(pathOf(new URL(url), hash)) !== match(path as string)
    if (isBack && isOther && now() - cameMs < BACK_MS) tell('back')
  })
  if (!navigation)
    for (const name of ['pushState', 'replaceState'] as const) wrap(ears, history as unknown as Changes, name, route)
  listen('visibilitychange pageshow', show)
  listen('pagehide', () => {
    leave()
    setAway(true)
    // Whoever sees it again has come back.
    cameMs = Number.NaN
  })
  show()
  return look
}
