import type { PulseClient, PulseOptions } from './types.js'

const NAMES = ['open', 'close', 'error', 'refused', 'ask', 'nudge'] as const

/** Writes all that the client tells. */
export const debugged = (client: PulseClient, { debug }: PulseOptions): PulseClient => {
  if (debug) for (const name of NAMES) client.on(name, told => console.log('pulssi', name, told))
  return client
}
