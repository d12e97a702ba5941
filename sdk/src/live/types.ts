import type { Incident, Pulse, Voice, Window } from '@pulssi/protocol/client'
import type { WebSocketClass } from '../types.js'

export interface LiveOptions {
  /** `wss://pulse.example`; `http:` and `https:` stand for `ws:` and `wss:`. Without a path: `/v1/ws` there. */
  url: string
  /** A read token, asked for afresh on every connection. Left out where the server asks for none. */
  token?: () => Promise<string> | string
  WebSocket?: WebSocketClass
}

export interface Query {
  /** Names, or beginnings with `*` after them; roll-ups by `~journey`, `~stage.*`, `~channel.*`. */
  touchpoints: readonly string[]
  windows: readonly Window[]
}

export interface Update {
  /** Everything that matches the query, in the server's order. */
  pulses: readonly Pulse[]
  /** Those of `pulses` that are new or have new figures; all of them at first and after a gap. */
  changed: readonly Pulse[]
  /** ms since 1970 */
  clock: number
  ageMs: number
  /** Partitions whose figures may be old: over 3 s behind, silent or never heard of. */
  stale: readonly number[]
}

/** `stale`: nothing was heard for 12 s, so what was shown may be old. `closed`: nothing comes any more. */
export type LiveState = 'connecting' | 'live' | 'stale' | 'closed'

export interface LiveTold {
  state: LiveState
  /** `code`: one of Fault, a close code whose reason this is, or 0 for what the SDK itself has to say. */
  error: { code: number; message: string }
  /**
   * An incident has come into another state, at `at` (ms since 1970); told while there is a subscription, where the
   * token reads incidents. `GET /v1/incidents` has the rest.
   */
  incident: Pick<Incident, 'id' | 'rule' | 'touchpoint' | 'state'> & { at: number }
  /**
   * A comment that has come, or may be shown now; told while there is a subscription, where the token reads voices.
   * `GET /v1/voice` has those of before.
   */
  voice: Voice
}

export interface Live {
  readonly state: LiveState
  /** Returns its own unsubscribe. */
  subscribe(query: Query, listener: (update: Update) => void): () => void
  /** Returns its own unsubscribe. */
  on<Name extends keyof LiveTold>(name: Name, listener: (told: LiveTold[Name]) => void): () => void
  /** Asks for a fresh token and hands it in on the open socket. */
  renew(): void
  close(): void
}
