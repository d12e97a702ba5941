import type { CoreClient, Feedback } from '../types.js'

const TOUCHPOINT = '[data-pulssi-touchpoint]'
const CLICKED = '[data-pulssi-goal],[data-pulssi-feedback],[data-pulssi-signal]'

const touchpointOf = (element: HTMLElement | null): string | undefined => {
  const { pulssiTouchpoint } = element?.dataset ?? {}
  return pulssiTouchpoint
}

/** `smiley:4`, `emotion:happy` */
const feedbackOf = (mark: string): Feedback => {
  const [scale, score = ''] = mark.split(':')
  return { scale, score: scale === 'emotion' ? score : score.trim() ? +score : NaN } as Feedback
}

/**
 * Reads a page's marks. The first `data-pulssi-touchpoint` is the page's: entered once the document has it and is seen,
 * left when the page goes, entered again when it comes back from the back/forward cache. A click on an element with
 * `data-pulssi-goal` (its value, if any), `data-pulssi-feedback` (`scale:score`) or `data-pulssi-signal` (a name), or on
 * something in it, counts for the nearest touchpoint around it, else the page's; the second click of a double click
 * doesn't. A bad value is told by `on('error')`.
 */
export const readMarks = (client: CoreClient): void => {
  let page: string | undefined
  const enter = () => {
    if (page || (document as { prerendering?: boolean }).prerendering) return
    page = touchpointOf(document.querySelector<HTMLElement>(TOUCHPOINT))
    if (page) client.enter(page)
  }
  const click = ({ target, detail }: MouseEvent) => {
    const element = (target as HTMLElement).closest?.<HTMLElement>(CLICKED)
    if (!element || detail > 1) return
    const touchpoint = touchpointOf(element.closest<HTMLElement>(TOUCHPOINT)) ?? (page as string)
    const { pulssiGoal: goal, pulssiFeedback: feedback, pulssiSignal: signal } = element.dataset
    if (feedback !== undefined) client.feedback(touchpoint, feedbackOf(feedback))
    if (signal !== undefined) client.signal(touchpoint, signal)
    if (goal !== undefined) client.goal(touchpoint, goal ? { value: +goal } : {})
  }
  document.addEventListener('DOMContentLoaded', enter)
  document.addEventListener('prerenderingchange', enter)
  // Before the listeners of the page itself, which may stop the event, and of the client, which sends what there is.
  addEventListener('click', click, true)
  addEventListener('pagehide', () => page && client.leave(page), true)
  addEventListener('pageshow', ({ persisted }) => persisted && page && client.enter(page))
  enter()
}
