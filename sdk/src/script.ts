/**
 * The entry of the script-tag file: for browsers alone, which have a WebSocket. It checks no arguments: what is wrong
 * breaks its frame and comes back as `refused`.
 */
import { realEnvironment } from './environment.js'
import { createClient } from './pulse.js'
import type { PulseClient, PulseOptions } from './types.js'

export const createPulse = (options: PulseOptions): PulseClient =>
  createClient(
    { ...options },
    realEnvironment(async () => options.WebSocket ?? WebSocket),
    () => {},
  )
