import type { Numbered } from '../outbox.js'
import { KEPT_MS, KEPT_PAGES } from './limits.js'

const PREFIX = 'pulssi.kept.'

/** `pulssi.kept.PAGE.NUMBER`, so that no two pages write to the same place. */
export const nameOf = (page: string, number: number): string => `${PREFIX}${page}.${number}`
/** Held by a page as long as it is shown. */
export const lockOf = (page: string): string => PREFIX + page

/** What is written: which key and visitor the event belongs to. */
export type Kept = readonly [key: string, visitor: string, event: Numbered]

/** undefined for what nobody of ours has written. */
export const readKept = (name: string): Kept | undefined => {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? '')
    return Array.isArray(kept) && typeof kept[2]?.at === 'number' ? (kept as unknown as Kept) : undefined
  } catch {
    return
  }
}

const keptNames = (): string[] => Object.keys(localStorage).filter(name => name.startsWith(PREFIX))

/** Nothing of any page is kept any more. */
export const purge = (): void => {
  for (const name of keptNames()) localStorage.removeItem(name)
}

const numberOf = (name: string): number => Number(name.slice(name.lastIndexOf('.') + 1))

/** The names of each page's events in their order. Removes what is too old, unreadable, or of too many pages. */
export const keptPages = (now: number): ReadonlyMap<string, readonly string[]> => {
  const pages = new Map<string, string[]>()
  for (const name of keptNames()) {
    const kept = readKept(name)
    const page = name.slice(PREFIX.length, name.lastIndexOf('.'))
    const names = pages.get(page) ?? []
    const isTooMany = !pages.has(page) && pages.size === KEPT_PAGES
    if (!kept || isTooMany || kept[2].at < now - KEPT_MS) localStorage.removeItem(name)
    else pages.set(page, [...names, name])
  }
  for (const names of pages.values()) names.sort((a, b) => numberOf(a) - numberOf(b))
  return pages
}
