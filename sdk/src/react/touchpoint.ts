import { useEffect, useRef } from 'react'
import type { Common } from '../types.js'
import { usePulse } from './context.js'
import { presenceOf } from './presence.js'

export interface TouchpointOptions extends Common {
  /** false: who closes this component is still there, as with a step that opens the next one. true unless set. */
  leave?: boolean
}

/** The visitor is at the touchpoint while this component is mounted. undefined: nowhere, for now. */
export const useTouchpoint = (touchpoint: string | undefined, options: TouchpointOptions = {}): void => {
  const client = usePulse()
  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })
  useEffect(() => {
    if (!client || touchpoint === undefined) return
    const presence = presenceOf(client)
    const { leave, ...common } = latest.current
    presence.come(touchpoint, common)
    return () => presence.go(touchpoint, common, latest.current.leave === false)
  }, [client, touchpoint])
}
