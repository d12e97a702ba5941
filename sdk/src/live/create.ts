import { realEnvironment } from '../environment.js'
import { openFound } from '../node.js'
import { createReader } from './live.js'
import type { Live, LiveOptions } from './types.js'

/** Opens a connection for readers. Never throws: what is wrong is told by `on('error')`. */
export const createLive = (options: LiveOptions): Live =>
  createReader({ ...options }, realEnvironment(openFound(options.WebSocket)))
