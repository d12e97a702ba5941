import type { Bounds } from './bounds.js'
import { eventCalls } from './calls.js'
import { Turn } from './connection.js'
import { createEmitter } from './emitter.js'
import type { Environment } from './environment.js'
import { addGate, type Check, type Gate } from './gate.js'
import { CLOSE_MS } from './limits.js'
import type { Pack } from './pack.js'
import { createSession } from './session.js'
import type { CoreClient, PulseEvent, PulseOptions, Told } from './types.js'

/** `more`: what an entry has beyond the core, whose functions it may replace; returns members of the client. */
export const createClient = <More extends object>(
  options: PulseOptions,
  environment: Environment,
  check: Check,
  pack: Pack,
  bounds: Bounds,
  more: (core: Gate, options: PulseOptions) => More,
): CoreClient & More => {
  const [on, tell] = createEmitter<Told>()
  const core = createSession(options, environment, tell, pack, bounds) as Gate
  addGate(core, options, check, bounds)
  const others = more(core, options)
  core.$consent(options.consent ?? 'granted')
  return {
    ...others,
    ...eventCalls(core.$put),
    send: (event: PulseEvent) => core.$put(event, true),
    on,
    flush: core.$flush,
    close: async () => {
      const end = () => {
        core.$lose('closed')
        core.$turn(Turn.close)
      }
      // Without consent nothing is sent: waiting would not help.
      const cancel = core.$after(core.$phase ? CLOSE_MS : 0, end)
      await core.$flush()
      cancel()
      end()
    },
    consent: core.$consent,
    get visitor() {
      return core.$visitor
    },
    stats: () => structuredClone(core.$stats),
  }
}
