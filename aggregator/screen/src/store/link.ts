/** The connection to this server: asks for a token where one is needed, and keeps the figures coming. */
import type { Project } from '@pulssi/protocol/client'
import type { LiveState } from '@pulssi/sdk/live'
import { type Api, ApiError, createApi } from '../api.js'
import { type Cell, cell, type Readable } from './cell.js'
import { openFeed } from './feed.js'
import type { Figures } from './figures.js'

/**
 * `connecting`: until the first figures, and after a loss of the connection. `stale`: nothing was heard for 12 s.
 * `asking`: nothing comes before a token is entered. `ended`: the server refused for good. `since`: performance.now()
 * at the beginning of the state.
 */
export type LinkState =
  | { readonly state: 'connecting' | 'live' | 'stale'; readonly since: number }
  | { readonly state: 'asking'; readonly since: number; readonly why: 'needed' | 'refused' | 'expired' }
  | { readonly state: 'ended'; readonly since: number; readonly message: string }

export interface Link {
  readonly state: Readable<LinkState>
  readonly project: Readable<Project | null>
  readonly api: Api
  /** Calls back when an incident changes, and when changes may have been missed. */
  onIncident(listener: () => void): () => void
  /** Calls back when a comment has come. */
  onVoice(listener: () => void): () => void
  start(): void
  enter(token: string): void
}

const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 15_000
const FOR_GOOD = [401, 403]

type Why = Extract<LinkState, { state: 'asking' }>['why']

/** The states that come and go by themselves, each with when it began. */
const createState = () => {
  const state: Cell<LinkState> = cell<LinkState>({ state: 'connecting', since: performance.now() })
  return {
    state,
    become: (next: 'connecting' | 'live' | 'stale'): void => {
      if (state.value.state !== next) state.set({ state: next, since: performance.now() })
    },
    ask: (why: Why): void => state.set({ state: 'asking', since: performance.now(), why }),
    end: (message: string): void => state.set({ state: 'ended', since: performance.now(), message }),
  }
}

const listening = () => {
  const listeners = new Set<() => void>()
  return {
    on: (listener: () => void): (() => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tell: (): void => {
      for (const listener of listeners) listener()
    },
  }
}

export const createLink = (figures: Figures): Link => {
  const token: Cell<string | null> = cell<string | null>(null)
  const project: Cell<Project | null> = cell<Project | null>(null)
  const { state, become, ask, end } = createState()
  const incidents = listening()
  const voices = listening()
  let close = (): void => {}
  let retryMs = RETRY_MIN_MS

  const askToken = (why: Why): void => {
    close()
    figures.clear()
    project.set(null)
    token.set(null)
    ask(why)
  }
  const denied = (): Why => (token.value === null ? 'needed' : 'refused')
  const api = createApi(token, () => askToken(project.value === null ? denied() : 'expired'))
  const readProject = async (): Promise<void> => project.set(await api.get<Project>('/v1/project'))

  const changed = (next: LiveState): void => {
    if (next === 'closed') return end('')
    become(next)
    if (next !== 'live') return
    // Its configuration may be another one since.
    readProject().catch(() => {})
    incidents.tell()
  }

  const begin = async (): Promise<void> => {
    const asked = token.value
    try {
      await readProject()
      if (asked !== token.value) return
      const told = (why: Why): void => askToken(why === 'refused' ? denied() : why)
      close = openFeed(asked, figures, { state: changed, incident: incidents.tell, voice: voices.tell, denied: told })
    } catch (error) {
      if (asked !== token.value || state.value.state === 'asking') return
      if (error instanceof ApiError && FOR_GOOD.includes(error.status)) return end(error.message)
      const timer = setTimeout(() => void begin(), retryMs)
      close = () => clearTimeout(timer)
      retryMs = Math.min(RETRY_MAX_MS, retryMs * 2)
    }
  }

  return {
    state,
    project,
    api,
    onIncident: incidents.on,
    onVoice: voices.on,
    start: () => void begin(),
    enter: entered => {
      close()
      retryMs = RETRY_MIN_MS
      token.set(entered)
      become('connecting')
      void begin()
    },
  }
}
