import { addClicks } from './clicks.js'
import { createListen, type Stop } from './ears.js'
import { addFaults } from './faults.js'
import { addForms } from './forms.js'
import { addPages } from './pages.js'
import { createSignals } from './signals.js'
import type { AutoClient, AutoOptions } from './types.js'

/** What stops it stands on the client, where a second copy of this file finds it too. */
type Held = AutoClient & { auto?: Stop }

/**
 * Calls the client as the visitor moves and stumbles: `enter` and `leave` by path and by `data-pulssi` sections, `leave`
 * when the page goes, and the signals `rage`, `dead`, `error`, `slow`, `back` and `form`. Reads nothing of the page but
 * names that its author gave. Returns what stops it, which leaves nothing behind; called again for the same client it
 * changes nothing and returns the same. Never throws, and does nothing on a server.
 */
export const auto = (client: Held, options: AutoOptions = {}): Stop => {
  if (!globalThis.document) return () => {}
  if (client.auto) return client.auto
  const aborting = new AbortController()
  const { signal } = aborting
  const stop = (): void => {
    delete client.auto
    aborting.abort()
  }
  client.auto = stop
  const listen = createListen(signal)
  const tell = createSignals(signal, client)
  const leave = addForms(listen, tell)
  const look = addPages(signal, listen, client, options, tell, leave)
  addFaults(listen, tell, addClicks(listen, tell, look))
  return stop
}
