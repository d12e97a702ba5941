import { BATCH_EVENTS, BEACON_BYTES } from '@pulssi/protocol/client'
import type { Gate } from './gate.js'
import { CHAR_BYTES } from './limits.js'
import { socketUrl } from './socket.js'
import type { PulseOptions } from './types.js'

/**
 * Hands what waits to the browser, which sends it even when the page is gone: as much from the oldest on as the server
 * takes at once and the browser agrees to. All of it stays in the outbox, since nobody says whether it arrived; what
 * comes twice is counted once.
 */
export const sendBeacon = (core: Gate, { url, key, identity, proof }: PulseOptions): void => {
  // Beside the path of the socket.
  const target = socketUrl(url)
    .replace('ws', 'http')
    .replace(/[^/]*$/, 'events')
  for (let count = core.$waiting.length && BATCH_EVENTS; count; count >>= 1) {
    const body = JSON.stringify({
      key,
      identity,
      visitor: core.$visitor || undefined,
      proof,
      sentAt: core.$now(),
      events: core.$waiting.slice(0, count).map(([event]) => event),
    })
    if (body.length * CHAR_BYTES <= BEACON_BYTES && navigator.sendBeacon(target, body)) break
  }
}
