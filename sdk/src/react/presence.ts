import type { Common, CoreClient } from '../types.js'

type Client = Pick<CoreClient, 'enter' | 'leave'>

/** Where a visitor is, as far as mounted components say. */
export interface Presence {
  /** A component of the touchpoint is there. */
  come(touchpoint: string, options: Common): void
  /** It has gone. `stays`: the visitor hasn't, as far as it knows. */
  go(touchpoint: string, options: Common, stays: boolean): void
}

/**
 * Turns components that come and go into the fewest events. A leave waits for the end of the tick: whoever comes back by
 * then, as every component does once under StrictMode, was never away, and who enters elsewhere needs not leave. Several
 * components of one touchpoint are one visit. A page that goes is left, one that comes back is entered again.
 */
export const createPresence = (client: Client): Presence => {
  const counts = new Map<string, number>()
  let current: readonly [touchpoint: string, options: Common] | undefined
  const add = (touchpoint: string, n: number): number => {
    const count = (counts.get(touchpoint) ?? 0) + n
    if (count) counts.set(touchpoint, count)
    else counts.delete(touchpoint)
    return count
  }
  // Before the client's own listener, which sends what there is.
  addEventListener('pagehide', () => current && client.leave(...current), true)
  addEventListener('pageshow', ({ persisted }) => persisted && current && client.enter(...current))
  return {
    come: (touchpoint, options) => {
      if (add(touchpoint, 1) > 1 || current?.[0] === touchpoint) return
      current = [touchpoint, options]
      client.enter(...current)
    },
    go: (touchpoint, options, stays) => {
      if (add(touchpoint, -1) || stays) return
      queueMicrotask(() => {
        if (counts.has(touchpoint) || current?.[0] !== touchpoint) return
        current = undefined
        client.leave(touchpoint, options)
      })
    },
  }
}

const presences = new WeakMap<Client, Presence>()

/** One for each client. For the browser alone. */
export const presenceOf = (client: Client): Presence => {
  const found = presences.get(client) ?? createPresence(client)
  presences.set(client, found)
  return found
}
