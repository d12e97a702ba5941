import { SIGNAL, TOUCHPOINT } from '@pulssi/protocol/client'
import type { PulseEvent } from './types.js'

/** What goes wrong most, for the script tag. The rest breaks its frame and comes back as refused. */
export const faultOf = ({ kind, touchpoint = '', name = '' }: PulseEvent): string | undefined => {
  if (kind !== 'link' && !TOUCHPOINT.test(touchpoint)) return 'touchpoint'
  return kind === 'signal' && !SIGNAL.test(name) ? 'name' : undefined
}
