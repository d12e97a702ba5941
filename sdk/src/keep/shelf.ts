import type { Gate } from '../gate.js'
import type { Entry } from '../outbox.js'
import { KEPT_CHARS, KEPT_EVENTS } from './limits.js'
import { nameOf } from './storage.js'

export interface Shelf {
  /** Writes an event, where there is room. An erasure is none. */
  keep(entry: Entry): void
  drop(event: unknown): void
}

/** What one page keeps in storage. */
export const createShelf = (core: Gate, key: string, page: string): Shelf => {
  const kept = new Map<unknown, readonly [name: string, chars: number]>()
  let chars = 0
  let number = 0
  return {
    keep: ([event]) => {
      if (!event.stream || kept.has(event) || kept.size >= KEPT_EVENTS) return
      const text = JSON.stringify([key, core.$visitor, event])
      if (chars + text.length > KEPT_CHARS) return
      const name = nameOf(page, number++)
      try {
        localStorage.setItem(name, text)
        kept.set(event, [name, text.length])
        chars += text.length
      } catch {
        // A full storage keeps nothing more; the event still lives in memory.
      }
    },
    drop: event => {
      const [name, length = 0] = kept.get(event) ?? []
      if (name === undefined) return
      kept.delete(event)
      chars -= length
      localStorage.removeItem(name)
    },
  }
}
