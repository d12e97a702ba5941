import type { AskFrame } from '@pulssi/protocol/client'
import type { CoreClient } from '../types.js'

type Client = Pick<CoreClient, 'on' | 'asked'>

/** Longer waits a browser doesn't know. Beyond: the ask goes so late. */
const TIMER_MS = 2 ** 31 - 1

/** The newest ask of a client, until it is over. */
export interface Asks {
  /** Hears the client, until the function that it returns is called. */
  listen(): () => void
  /** Calls back when there is another ask, or none any more. */
  subscribe(changed: () => void): () => void
  newest(): AskFrame | undefined
  /** Says so to the server, once, when the page can be seen. */
  show(ask: AskFrame): void
  /** It is answered or dismissed. Says whether it was still to be. */
  end(ask: AskFrame): boolean
}

export const createAsks = (client: Client): Asks => {
  const listeners = new Set<() => void>()
  let newest: AskFrame | undefined
  let shown: AskFrame | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const put = (ask: AskFrame | undefined) => {
    newest = ask
    clearTimeout(timer)
    if (ask) timer = setTimeout(() => put(undefined), Math.min(ask[7], TIMER_MS))
    for (const changed of listeners) changed()
  }
  const show = (ask: AskFrame) => {
    if (ask !== newest || ask === shown) return
    if (document.hidden) return document.addEventListener('visibilitychange', () => show(ask), { once: true })
    shown = ask
    const [, id, touchpoint] = ask
    client.asked(touchpoint, id, 'shown')
  }
  return {
    listen: () => client.on('ask', put),
    subscribe: changed => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    newest: () => newest,
    show,
    end: ask => {
      const isOpen = ask === newest
      if (isOpen) put(undefined)
      return isOpen
    },
  }
}

const all = new WeakMap<Client, Asks>()

/** One for each client. */
export const asksOf = (client: Client): Asks => {
  const found = all.get(client) ?? createAsks(client)
  all.set(client, found)
  return found
}
