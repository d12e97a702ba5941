/** The entry of the script-tag file: the core, what it keeps beyond a page, and `forget`. */
import { BOUNDS } from '../bounds.js'
import { realEnvironment } from '../environment.js'
import { addForget, packErasures } from '../forget.js'
import { pack } from '../pack.js'
import { addPage } from '../page.js'
import { createClient } from '../pulse.js'
import { openSocket } from '../socket.js'
import type { PageClient, PulseOptions } from '../types.js'
import { addKeep } from './keep.js'

export const createPulse = (options: PulseOptions): PageClient =>
  createClient(
    options,
    realEnvironment(openSocket),
    () => {},
    packErasures(pack),
    BOUNDS,
    core => {
      addKeep(core, options)
      const forgetting = addForget(core)
      addPage(core)
      return forgetting
    },
  )
