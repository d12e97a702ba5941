import { type Ears, guarded } from './ears.js'
import { SLOW_MS } from './limits.js'
import type { Tell } from './signals.js'

const watch = (type: string, run: (entry: never) => void): void =>
  guarded(() => {
    const observer = new PerformanceObserver(guarded(list => list.getEntries().forEach(run as () => void)))
    observer.observe({ type, durationThreshold: SLOW_MS } as PerformanceObserverInit)
  })()

/**
 * Errors of the page's scripts, requests that its servers failed at, interactions that took long. `heard` is called when
 * a request of the page's own, not of somebody who measures it, has been answered.
 */
export const addFaults = (ears: Ears, tell: Tell, heard: () => void): void => {
  ears.$on(window, 'error unhandledrejection', (event: ErrorEvent & PromiseRejectionEvent) => {
    // What other origins' scripts and an observer of sizes complain of comes without an error.
    const error = event.error ?? event.reason
    if (error && error.name !== 'AbortError' && !/-extension:/.test(event.filename + error.stack))
      tell('error', null, event.type)
  })
  watch('resource', ({ initiatorType, name, responseStatus }: PerformanceResourceTiming) => {
    const site = location.hostname.replace(/^\w+\.(?=.*\.)/, '')
    if (!/^(fetch|xml)/.test(initiatorType) || !new URL(name).hostname.endsWith(site)) return
    heard()
    if (responseStatus >= 500) tell(`error-${responseStatus}`)
  })
  // The interactions that https://web.dev/articles/inp takes its figure from; https://www.w3.org/TR/event-timing/.
  watch('event', ({ interactionId, duration, target }: PerformanceEventTiming & { interactionId: number }) => {
    if (interactionId && duration > SLOW_MS) tell('slow', target as Element | null)
  })
}
