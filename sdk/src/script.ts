/**
 * The entry of the script-tag file: for browsers alone, which have a WebSocket. It checks no arguments: what is wrong
 * breaks its frame and comes back as `refused`. It takes the bounds as they are, and speaks for one visitor.
 */
import { BOUNDS } from './bounds.js'
import { realEnvironment } from './environment.js'
import { pack } from './pack.js'
import { addPage } from './page.js'
import { createClient } from './pulse.js'
import { openSocket } from './socket.js'
import type { CoreClient, PulseOptions } from './types.js'

export const createPulse = (options: PulseOptions): CoreClient =>
  createClient(options, realEnvironment(openSocket), () => {}, pack, BOUNDS, addPage as never)
