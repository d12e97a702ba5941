import type { Calls, PulseEvent } from './types.js'

/** The calls that are events. */
export const eventCalls = (put: (event: PulseEvent) => unknown): Calls => {
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
