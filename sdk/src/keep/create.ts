import { check } from '../check.js'
import { debugged } from '../debug.js'
import { realEnvironment } from '../environment.js'
import { openFound } from '../node.js'
import { createClient } from '../pulse.js'
import { addAll, boundsOf, packer } from '../service.js'
import type { PulseClient, PulseOptions } from '../types.js'
import { addKeep } from './keep.js'

/**
 * As the core's, but with consent, identity `device` or `host`, and no Global Privacy Control, events that have no ack
 * yet outlive their page.
 */
export const createPulse = <Touchpoint extends string = string>(given: PulseOptions): PulseClient<Touchpoint> => {
  const options = { ...given }
  const environment = realEnvironment(openFound(options.WebSocket))
  const client = createClient(options, environment, check, packer(options), boundsOf(options), core => {
    addKeep(core, options)
    return addAll(core)
  })
  return debugged(client, options)
}
