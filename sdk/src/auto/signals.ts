import { type Ears, now } from './ears.js'
import { createRate } from './rate.js'
import type { AutoClient } from './types.js'

/**
 * Tells a signal of this name. `where`: what it happened to; else it belongs to where the visitor is. `once`: the name of
 * those of which a visit has one.
 */
export type Tell = (name: string, where?: Element | null, once?: string) => void

/** What a page's author names a part of it with. */
export const MARK = 'data-pulssi'

/** What an event happened to, in shadow trees too. */
export const targetOf = (event: Event): Element => event.composedPath()[0] as Element

export const createSignals = ({ $signal }: Ears, client: AutoClient): Tell => {
  const { enter } = client
  const takes = createRate()
  let entered: string | undefined
  let visit = 0
  // The host may enter touchpoints of its own: signals go to where the visitor is, whoever said so.
  client.enter = (touchpoint, options) => {
    entered = touchpoint
    visit++
    enter(touchpoint, options)
  }
  $signal.addEventListener('abort', () => {
    client.enter = enter
  })
  return (name, where, once = name) => {
    const touchpoint = where?.closest(`[${MARK}]`)?.getAttribute(MARK) ?? entered
    if (touchpoint && !$signal.aborted && takes(now(), visit, once)) client.signal(touchpoint, name)
  }
}
