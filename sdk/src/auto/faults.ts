import { guarded, type Listen } from './ears.js'
import { SLOW_MS } from './limits.js'
import type { Tell } from './signals.js'

/** What is measured of a request, or of an interaction: the other's fields are missing. */
type Measured = PerformanceResourceTiming & PerformanceEventTiming & { interactionId: number }

/**
 * Errors of the page's scripts, requests that its servers failed at, interactions that took long. `heard` is called when
 * a request of the page's own, not of somebody who measures it, has been answered.
 */
export const addFaults = (listen: Listen, tell: Tell, heard: () => void): void => {
  listen('error unhandledrejection', (event: ErrorEvent & PromiseRejectionEvent) => {
    // What other origins' scripts and an observer of sizes complain of comes without an error.
    const error = event.error ?? event.reason
    if (error && !/AbortError|-extension:/.test(error + error.stack)) tell('error')
  })
  const judge = ({ initiatorType, name, responseStatus, interactionId, duration, target }: Measured): void => {
    // The interactions that https://web.dev/articles/inp takes its figure from; https://www.w3.org/TR/event-timing/.
    if (interactionId && duration > SLOW_MS) tell('slow', target as Element | null)
    const site = location.hostname.replace(/^\w+\.(?=.*\.)/, '')
    if (!/fetch|xml/.test(initiatorType) || !new URL(name).hostname.endsWith(site)) return
    heard()
    if (responseStatus >= 500) tell(`error-${responseStatus}`)
  }
  const observer = new PerformanceObserver(guarded(list => list.getEntries().forEach(judge as () => void)))
  observer.observe({ type: 'resource' })
  observer.observe({ type: 'event' })
}
