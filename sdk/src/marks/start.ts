import { BOUNDS } from '../bounds.js'
import { check } from '../check.js'
import { debugged } from '../debug.js'
import { realEnvironment } from '../environment.js'
import { pack } from '../pack.js'
import { addPage } from '../page.js'
import { createClient } from '../pulse.js'
import { openSocket } from '../socket.js'
import type { CoreClient } from '../types.js'
import { readMarks } from './marks.js'
import { type Call, replay } from './queue.js'
import { settingsOf } from './settings.js'

/** The page's own things keep their names. An element's id is nobody's. */
const stubAt = (name: string): Call[] => {
  if (!Object.hasOwn(window, name)) return []
  const found = window[name as never] as unknown
  if (Array.isArray(found) && 'enter' in found) return found
  throw `window.${name} is taken, see data-global`
}

/**
 * Makes the client that a script element asks for, under its name in `window`. Breaks nothing: what is wrong is said on
 * the console, and then there is none.
 */
export const start = (script: unknown): void => {
  try {
    const { options, global, readsMarks } = settingsOf(script as HTMLScriptElement)
    const stub = stubAt(global)
    let heldAt: number | undefined
    const environment = realEnvironment(openSocket)
    const client: CoreClient = createClient(options, environment, check, pack, BOUNDS, core => {
      const { $put: put } = core
      core.$put = (event, isLossless) => put({ at: heldAt ?? core.$now(), ...event }, isLossless)
      return addPage(core) as never
    })
    debugged(client, options)
    Object.assign(window, { [global]: client })
    if (readsMarks) readMarks(client)
    replay(stub, client, (at, call) => {
      heldAt = at
      try {
        return call()
      } finally {
        heldAt = undefined
      }
    })
  } catch (error) {
    console.warn('pulssi', error)
  }
}
