import { Turn } from './connection.js'
import { createEmitter } from './emitter.js'
import type { Environment } from './environment.js'
import { addGate, type Check, type Gate } from './gate.js'
import { CLOSE_MS } from './limits.js'
import { createSession } from './session.js'
import type { Events, PulseClient, PulseEvent, PulseOptions, Told } from './types.js'

/** The calls that are events. */
const eventCalls = (put: (event: PulseEvent) => unknown): Events => {
  const call = (kind: PulseEvent['kind']) => (touchpoint: string | undefined, details?: object) =>
    put({ ...details, kind, touchpoint } as PulseEvent)
  return {
    enter: call('enter'),
    leave: call('leave'),
    goal: call('goal'),
    feedback: call('feedback'),
    signal: (touchpoint, name, options) => call('signal')(touchpoint, { ...options, name }),
    link: details => call('link')(details?.touchpoint, details),
    asked: (touchpoint, ask, result) => call('ask')(touchpoint, { ask, result }),
  }
}

export const createClient = (options: PulseOptions, environment: Environment, check: Check): PulseClient => {
  const [on, tell] = createEmitter<Told>(options.debug)
  const core = createSession(options, environment, tell) as Gate
  addGate(core, options, check)
  core.$consent(options.consent ?? 'granted')
  return {
    ...eventCalls(core.$put),
    as: visitor => eventCalls(event => core.$put({ ...event, visitor })),
    send: event => core.$put(event, true),
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
    stats: () => ({ ...core.$stats, lost: { ...core.$stats.lost } }),
  }
}
