import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Window } from '@pulssi/protocol'
import type { Board } from '../../board/index.js'
import type { Nudged, View } from '../../engine/index.js'
import { type Access, mayRead } from '../access.js'
import { callerAddress } from '../proxies.js'
import { readerOf } from './admitted.js'
import { sendJson } from './answer.js'
import { checkNames, patternsOf } from './query.js'

export interface NudgesOptions {
  readonly access: Access
  readonly board: Board
  /** Resolves once the board shows what is durable now. */
  readonly settle: () => Promise<void>
}

/** What nudges did at one touchpoint, by window. */
export interface NudgesAt {
  readonly touchpoint: string
  readonly windows: Readonly<Partial<Record<Window, Nudged>>>
}

const NUDGE_WINDOWS: readonly Window[] = ['1h', '24h', 'total']
const DECIMALS = 1e6

const rounded = (value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * DECIMALS) / DECIMALS : value
const part = <Part extends object>(figures: Part): Part =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)])) as Part

const figuresOf = (view: View, touchpoint: string, window: Window): Nudged => {
  const { nudged, control, effect } = view.nudged(touchpoint, window)
  return { nudged: part(nudged), control: part(control), effect: part(effect) }
}

const nudgesAt = (view: View, touchpoint: string): NudgesAt[] => {
  const { nudged, control } = view.nudged(touchpoint, 'total')
  if (nudged.n + control.n === 0) return []
  const windows = Object.fromEntries(NUDGE_WINDOWS.map(window => [window, figuresOf(view, touchpoint, window)]))
  return [{ touchpoint, windows }]
}

/** GET /v1/nudges: how many left of those who were nudged, and of those who were not. */
export class NudgesRoute {
  readonly #options: NudgesOptions

  constructor(options: NudgesOptions) {
    this.#options = options
  }

  async answer(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { access, board, settle } = this.#options
    const reader = await readerOf(access, request, { address: callerAddress(request) }, 'pulse')
    checkNames(query, ['touchpoint'])
    const patterns = patternsOf(query)
    await settle()
    const nudges = await board.still(async view => {
      const names = view.select(patterns).filter(name => !name.startsWith('~') && mayRead(reader, name))
      return names.flatMap(name => nudgesAt(view, name))
    })
    sendJson(response, 200, { clock: board.clock, nudges })
  }
}
