import type {
  AskFrame,
  AskResult,
  Emotion,
  Identity,
  JsonEvent,
  NudgeFrame,
  ReplyFrame,
  Scale,
} from '@pulssi/protocol/client'

/** What the SDK needs of a WebSocket: the browser's, Node 22's and that of the `ws` package all do. */
export interface WebSocketLike {
  binaryType: string
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  send(data: Uint8Array<ArrayBuffer>): void
  close(code?: number): void
}
export type WebSocketClass = new (url: string, protocol: string) => WebSocketLike

export type Consent = 'granted' | 'pending' | 'denied'

/** Dimension → value, such as `{variant: 'B'}`: `[a-z0-9_.-]` and the like, 32 characters at most each, 6 at most. */
export type Cuts = Record<string, string>

export interface PulseOptions {
  /**
   * `wss://pulse.example`; `http:` and `https:` stand for `ws:` and `wss:`. Without a path: `/v1/ws` there. With one it
   * is used as it is, so that a proxy of the page's own can stand before the server: of `wss://shop.example/pulse/ws`,
   * `/pulse/ws` leads to the server's `/v1/ws`, and `/pulse/events`, where beacons go, to its `/v1/events`.
   */
  url: string
  key: string
  /** `day` unless set. `device` needs consent and no Global Privacy Control, else it is `page`. `host` needs `visitor`. */
  identity?: Identity
  visitor?: string
  /** For `host` on a page: the HMAC that the host's server made for this visitor. */
  proof?: string
  /** Channel of all events that name none. */
  channel?: string
  /** Cuts of all events; those of an event are added to them. */
  cuts?: Cuts
  /** `granted` unless set. */
  consent?: Consent
  /** Writes what `on` tells to the console. Not in the files for script tags. */
  debug?: boolean
  /** Node 20 has none of its own: the class of the `ws` package; without it the SDK imports `ws` itself. */
  WebSocket?: WebSocketClass
  /** null: batches carry no `sentAt`, so that the server takes `at` as it is. For replays. */
  sentAt?: null
  /** Replaces OUTBOX_EVENTS, OUTBOX_BYTES, FRAMES_IN_FLIGHT and COALESCE_MS. */
  outboxEvents?: number
  outboxBytes?: number
  framesInFlight?: number
  coalesceMs?: number
}

export interface Common {
  channel?: string
  cuts?: Cuts
}

/** `{scale, score}`, or an answer to an ask: `{ask, option}` or `{ask, text}`. */
export type Feedback = Common & {
  scale?: Scale
  score?: number | Emotion
  /** 500 code points at most */
  comment?: string
  ask?: string
  option?: number
  text?: string
}

/** One event as JSON. Without `visitor`: the SDK's own. Without `stream` and `seq`: the next of that visitor. */
export type PulseEvent<Touchpoint extends string = string> = Omit<JsonEvent, 'visitor' | 'at' | 'touchpoint'> & {
  visitor?: string
  at?: number
  touchpoint?: Touchpoint
}

/** `full`: no room in the outbox, nothing was taken. `bad`: an `error` event has told what is wrong with it. */
export type Sent = 'queued' | 'full' | 'bad' | 'closed'

/** The calls that are events. `Touchpoint`: the names that they take. */
export interface Calls<Touchpoint extends string = string> {
  /** The visitor came to the touchpoint. */
  enter(touchpoint: Touchpoint, options?: Common): void
  /** The visitor went away from it, and may come back. */
  leave(touchpoint: Touchpoint, options?: Common): void
  /** The visit reached its goal. */
  goal(touchpoint: Touchpoint, options?: Common & { value?: number }): void
  feedback(touchpoint: Touchpoint, feedback: Feedback): void
  /** `rage`, `dead`, `error`, `slow`, `back`, `form`, or a name of the host's own, `[a-z0-9-]{1,24}`. */
  signal(touchpoint: Touchpoint, name: string, options?: Common): void
  /** Ties the visitor to a customer or redeems a journey code. */
  link(to: { customer?: string; code?: string; proof?: string; touchpoint?: Touchpoint }): void
  /** Reports that an ask (nudge, reply) was shown or dismissed, or that the visitor may be asked this now: `wanted`. */
  asked(touchpoint: Touchpoint, ask: string, result: AskResult): void
}

/** The calls for one visitor. */
export interface Events<Touchpoint extends string = string> extends Calls<Touchpoint> {
  /**
   * Erases the visitor, here and on the server: drops what is queued, and resolves with true once the server has nothing
   * any more, after reconnects too. For the SDK's own visitor consent is `denied` from the call on, and what storage
   * holds goes last; granted again, somebody else begins. Resolves with false where nothing is sent any more (closed,
   * stopped, refused) or the outbox is full: then nothing was erased.
   */
  forget(): Promise<boolean>
}

export interface Lost {
  /** No room in the outbox. */
  overflow: number
  /** The one event that broke its frame's grammar. */
  refused: number
  /** Called while consent was denied, or queued when it was. */
  consent: number
  /** Queued when `close` ended, or called after it. */
  closed: number
  /** The server stopped this SDK: its key is unknown or may not write. */
  stopped: number
}

/** Events called with good arguments = acked + refused + all lost + queued. `sent` counts repeats too. */
export interface Stats {
  sent: number
  acked: number
  refused: number
  lost: Lost
  queued: number
}

/** What `on` tells. `ask`, `nudge` and `reply` are frames as the server sent them. */
export interface Told {
  open: { visitor: string | null }
  close: { code: number; retryMs: number | null }
  /**
   * `code`: one of Fault, that of the `close` that follows and whose reason this is, or 0 for what the SDK itself has to
   * say, such as a bad argument.
   */
  error: { code: number; message: string; event?: PulseEvent }
  /** The server didn't take this event, and never will. `code`: one of Refusal. */
  refused: { code: number; message: string; event: PulseEvent | undefined }
  ask: AskFrame
  nudge: NudgeFrame
  reply: ReplyFrame
}

export interface CoreClient<Touchpoint extends string = string> extends Calls<Touchpoint> {
  /** The plain form of all the others, and the one that drops nothing: on `full`, `flush` and try again. */
  send(event: PulseEvent<Touchpoint>): Sent
  /** Returns its own unsubscribe. */
  on<Name extends keyof Told>(name: Name, listener: (told: Told[Name]) => void): () => void
  /** Resolves once at most `queued` events (0 unless given) wait for their ack; also when closed or stopped. */
  flush(queued?: number): Promise<void>
  /** Sends what is queued, for CLOSE_MS at most, and closes. */
  close(): Promise<void>
  consent(state: Consent): void
  /** Known from the welcome on. */
  readonly visitor: string | null
  stats(): Stats
}

export type PageClient<Touchpoint extends string = string> = CoreClient<Touchpoint> & Events<Touchpoint>

export interface PulseClient<Touchpoint extends string = string> extends PageClient<Touchpoint> {
  /** The same for another visitor. For services: a page's key speaks for its own visitor only. */
  as(visitor: string): Events<Touchpoint>
}
