import { type Ears, now, wrap } from './ears.js'
import { createRate } from './rate.js'
import type { AutoClient } from './types.js'

/**
 * Tells a signal of this name. `where`: what it happened to; else it belongs to where the visitor is.
 */
export type Tell = (name: string, where?: Element | null) => void

/** What a page's author names a part of it with. */
export const MARK = '[data-pulssi]'

/** What an event happened to, in shadow trees too. */
export const targetOf = (event: Event): Element => event.composedPath()[0] as Element

export const createSignals = (ears: Ears, client: AutoClient): Tell => {
  const takes = createRate()
  let entered: string | undefined
  let visit = 0
  // The host may enter touchpoints of its own: signals go to where the visitor is, whoever said so.
  wrap(ears, client, 'enter', touchpoint => {
    entered = touchpoint
    visit++
  })
  return (name, where) => {
    const { pulssi = entered } = where?.closest<HTMLElement>(MARK)?.dataset ?? {}
    if (pulssi && !ears.aborted && takes(now(), visit, name)) client.signal(pulssi, name)
  }
}
