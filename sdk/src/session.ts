import {
  Close,
  type ErrorFrame,
  Fault,
  Frame,
  Refusal,
  type ServerFrame,
  type WelcomeFrame,
} from '@pulssi/protocol/client'
import type { Bounds } from './bounds.js'
import { Phase, Turn } from './connection.js'
import type { Environment } from './environment.js'
import { RETRY_MS } from './limits.js'
import { decode } from './msgpack.js'
import { addOutbox } from './outbox.js'
import type { Pack } from './pack.js'
import { addSender, type Sender } from './sender.js'
import { addSpeaker, type Speaker } from './speaker.js'
import type { PulseEvent, PulseOptions } from './types.js'
import { VERSION } from './version.js'
import { addWire } from './wire.js'

const AGENT = `js/${VERSION}`

/** Lower codes of an `error` close nothing: the server takes nothing for now. */
const CLOSING_CODES = 1_000

/** Frames that are the host's matter, from `ask` on; all others have no name that anyone could listen to. */
const TOLD = ['ask', 'nudge', 'reply']

export type Tell = (name: string, told: unknown) => void

/** All parts of a client, each added by its own file. */
export interface Session extends Sender, Speaker {}

/**
 * Carries events to the server: keeps them until they are acknowledged, sends them again. Its modes are those of the
 * connection, whose state machine decides; here are the consequences. The environment becomes the session.
 */
export const createSession = (
  options: PulseOptions,
  environment: Environment,
  tell: Tell,
  pack: Pack,
  bounds: Bounds,
): Session => {
  const core = environment as Session
  const refused = (code: number, message: string, event: PulseEvent | undefined) =>
    tell('refused', { code, message, event })
  addOutbox(core, bounds)
  addSpeaker(core, options)
  addWire(core, options.url)
  addSender(core, pack, bounds)
  core.$failed = (message, code = 0) => tell('error', { code, message: `${message}` })
  core.$hello = () => {
    core.$helloStream = core.$stream
    return [Frame.hello, options.key, core.$identity, core.$visitor, options.proof, core.$stream, AGENT]
  }
  core.$hear = data => {
    const frame = decode(data) as unknown as ServerFrame
    const [type, first] = frame
    if (type === Frame.welcome) {
      core.$limits = frame as WelcomeFrame
      core.$visitor = (first as string) || core.$visitor
      tell('open', { visitor: core.$visitor })
      core.$turn(Turn.welcomed)
    } else if (type === Frame.ack) {
      for (const [number, position, code] of frame[2]) refused(code, '', core.$refuse(number, position))
      core.$acknowledge(first as number)
    } else if (type === Frame.error) {
      const [, code, message, retryMs, number, position] = frame as ErrorFrame
      core.$hintMs = retryMs as number
      if (position !== null) refused(code, message, core.$refuse(number, position))
      else {
        if (code < CLOSING_CODES) {
          core.$rewind(number)
          core.$turn(Turn.refused, retryMs ?? RETRY_MS)
        }
        core.$failed(message, code)
      }
    } else tell(TOLD[type - Frame.ask] as string, frame)
    core.$pump(true)
  }
  core.$dropped = (code, retryMs) => {
    const culprit = (code === Fault.badFrame || code === Close.tooBig) && core.$breakUp()
    if (culprit) refused(Refusal.badEvent, 'frame', culprit)
    core.$restart()
    if (core.$phase === Phase.stopped) core.$lose('stopped')
    tell('close', { code, retryMs })
  }
  return core
}
