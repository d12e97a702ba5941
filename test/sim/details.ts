import type { Detail, Window } from '@pulssi/protocol/client'
import { detailOf, difference, inOrder, type Recount, voicesOf } from '../recount/index.js'
import type { Cluster } from './cluster.js'
import type { Run } from './generate.js'
import { Mismatch } from './mismatch.js'

type View = Cluster['view']

/** One of slices, and the sum of all; the others differ in their slices alone. */
const WINDOWS: readonly Window[] = ['1h', 'total']
/** As many as a touchpoint keeps. */
const VOICES = 20

const detailIn = (view: View, touchpoint: string, window: Window): Detail => {
  const steps = view.detail(touchpoint, window)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** What is shown of each touchpoint beside its pulses, against the recount. */
export const checkDetails = (run: Run, { view }: Cluster, recount: Recount): void => {
  for (const touchpoint of recount.touchpoints) {
    for (const window of WINDOWS) {
      const found = difference(detailOf(recount, touchpoint, window), detailIn(view, touchpoint, window))
      Mismatch.unless(run.seed, `the detail of ${touchpoint}`, found)
    }
    const heard = view.voices(touchpoint).map(({ at, scale, text }) => ({ at, scale, text }))
    // Of what was said at the instant of the oldest, either may be kept.
    const least = heard.length < VOICES ? 0 : Math.min(...heard.map(({ at }) => at))
    const newer = ({ at }: { at: number }): boolean => at > least
    const expected = voicesOf(recount, touchpoint).filter(newer)
    Mismatch.unless(run.seed, `comments at ${touchpoint}`, difference(expected, heard.sort(inOrder).filter(newer)))
  }
}

/** All that a view says beside its pulses, to compare two of them. */
export const detailsText = (view: View): string =>
  JSON.stringify(
    view.select(['*']).map(name => [view.voices(name), WINDOWS.map(window => detailIn(view, name, window))]),
  )
