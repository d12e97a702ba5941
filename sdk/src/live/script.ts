/** The entry of the script-tag file: for browsers alone, which have a WebSocket. */
import { realEnvironment } from '../environment.js'
import { openSocket } from '../socket.js'
import { createReader } from './live.js'
import type { Live, LiveOptions } from './types.js'

export const createLive = (options: LiveOptions): Live => createReader({ ...options }, realEnvironment(openSocket))
