import type { PulseEvent } from './types.js'

/** What goes wrong most, for the script tag. The rest breaks its frame and comes back as refused. */
export const check = ({ kind, touchpoint }: PulseEvent): void => {
  if (!touchpoint && kind !== 'link') throw 'no touchpoint'
}
