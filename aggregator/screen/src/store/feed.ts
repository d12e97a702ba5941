/** The live connection that figures and changes of incidents come by. */
import { createLive, type LiveState } from '@pulssi/sdk/live'
import { SHOWN_WINDOWS } from '../model/figure.js'
import type { Figures } from './figures.js'

export interface FeedTold {
  readonly state: (state: LiveState) => void
  readonly incident: () => void
  readonly voice: () => void
  readonly denied: (why: 'expired' | 'refused') => void
}

/** Each window by itself: one frame of all of them would be longer than what a subscriber may leave waiting. */
const TOUCHPOINTS = ['*', '~journey', '~stage.*']
const REFUSED = new Set([4401, 4403])
const EXPIRED = 4440

/** Returns its own end, after which nothing is told. */
export const openFeed = (token: string | null, figures: Figures, told: FeedTold): (() => void) => {
  let isOver = false
  const url = new URL('/v1/ws', location.href).href
  const live = createLive({ url, ...(token === null ? {} : { token: () => token }) })
  live.on('error', ({ code }) => {
    if (isOver) return
    if (code === EXPIRED) told.denied('expired')
    else if (REFUSED.has(code)) told.denied('refused')
  })
  live.on('state', state => {
    if (!isOver) told.state(state)
  })
  live.on('incident', () => {
    if (!isOver) told.incident()
  })
  live.on('voice', () => {
    if (!isOver) told.voice()
  })
  for (const window of SHOWN_WINDOWS) {
    live.subscribe({ touchpoints: TOUCHPOINTS, windows: [window] }, update => {
      if (!isOver) figures.take(window, update)
    })
  }
  return () => {
    isOver = true
    live.close()
  }
}
