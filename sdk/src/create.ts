import { check } from './check.js'
import { realEnvironment } from './environment.js'
import { findWebSocket } from './node.js'
import { createClient } from './pulse.js'
import type { PulseClient, PulseOptions } from './types.js'

/** Starts to stream. Never throws: what is wrong is told by `on('error')`, and on the console with `debug`. */
export const createPulse = (options: PulseOptions): PulseClient =>
  createClient(
    { ...options },
    realEnvironment(async () => options.WebSocket ?? findWebSocket()),
    check,
  )
