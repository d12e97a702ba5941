import { addClicks } from './clicks.js'
import { createEars, type Stop } from './ears.js'
import { addFaults } from './faults.js'
import { addForms } from './forms.js'
import { addPages } from './pages.js'
import { createSignals } from './signals.js'
import type { AutoClient, AutoOptions } from './types.js'

/** On the client, so that a second copy of this file finds it too. */
const STOP = Symbol.for('pulssi.auto')

/**
 * Calls the client as the visitor moves and stumbles: `enter` and `leave` by path and by `data-pulssi` sections, `leave`
 * when the page goes, and the signals `rage`, `dead`, `error`, `slow`, `back` and `form`. Reads nothing of the page but
 * names that its author gave. Returns what stops it, which leaves nothing behind; called again for the same client it
 * changes nothing and returns the same. Never throws, and does nothing on a server.
 */
export const auto = (client: AutoClient, options: AutoOptions = {}): Stop => {
  const held = client as { [STOP]?: Stop }
  if (!globalThis.document) return () => {}
  if (held[STOP]) return held[STOP]
  const ears = createEars()
  const stop = (): void => {
    delete held[STOP]
    ears.$stop()
  }
  held[STOP] = stop
  const tell = createSignals(ears, client)
  const leave = addForms(ears, tell)
  const look = addPages(ears, client, options, tell, leave)
  addFaults(ears, tell, addClicks(ears, tell, look))
  return stop
}
