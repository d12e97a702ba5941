import { Turn } from './connection.js'
import type { Wire } from './wire.js'

/** Ties a connection to the life of its page. */
export const addPage = (wire: Wire): void => {
  // A page with an open socket is not kept in the back/forward cache.
  addEventListener('pagehide', () => {
    wire.$pump()
    wire.$turn(Turn.halt)
    wire.$leavePage()
  })
  // Comes after pagehide too: what the host calls in its own listeners there is then still to go.
  addEventListener('visibilitychange', wire.$leavePage)
  addEventListener('pageshow', wire.$start)
  addEventListener('online', wire.$start)
}
