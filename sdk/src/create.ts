import { check } from './check.js'
import { debugged } from './debug.js'
import { realEnvironment } from './environment.js'
import { openFound } from './node.js'
import { createClient } from './pulse.js'
import { addAll, boundsOf, packer } from './service.js'
import type { PulseClient, PulseOptions } from './types.js'

/**
 * Starts to stream. Never throws: what is wrong is told by `on('error')`, and on the console with `debug`.
 * `createPulse<'shop.home' | 'checkout.payment'>(…)` takes touchpoints of these names alone.
 */
export const createPulse = <Touchpoint extends string = string>(given: PulseOptions): PulseClient<Touchpoint> => {
  const options = { ...given }
  const environment = realEnvironment(openFound(options.WebSocket))
  return debugged(createClient(options, environment, check, packer(options), boundsOf(options), addAll), options)
}
