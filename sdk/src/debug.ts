import type { CoreClient, PulseOptions } from './types.js'

const NAMES = ['open', 'close', 'error', 'refused', 'ask', 'nudge'] as const

/** Writes all that the client tells. */
export const debugged = <Client extends CoreClient>(client: Client, { debug }: PulseOptions): Client => {
  if (debug) for (const name of NAMES) client.on(name, told => console.log('pulssi', name, told))
  return client
}
