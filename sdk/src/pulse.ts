import { Emitter } from './emitter.js'
import type { Environment } from './environment.js'
import { whoSpeaks } from './identity.js'
import { CLOSE_MS, HELD_EVENTS } from './limits.js'
import { onPageLife } from './page.js'
import { Session, type Tell } from './session.js'
import type { Consent, Events, PulseClient, PulseEvent, PulseOptions, Sent, Told } from './types.js'

/** The calls that are events. */
const eventCalls = (put: (event: PulseEvent) => unknown): Events => ({
  enter: (touchpoint, options) => put({ ...options, kind: 'enter', touchpoint }),
  leave: (touchpoint, options) => put({ ...options, kind: 'leave', touchpoint }),
  goal: (touchpoint, options) => put({ ...options, kind: 'goal', touchpoint }),
  feedback: (touchpoint, options) => put({ ...options, kind: 'feedback', touchpoint }),
  signal: (touchpoint, name, options) => put({ ...options, kind: 'signal', touchpoint, name }),
  link: options => put({ ...options, kind: 'link' }),
  asked: (touchpoint, ask, result) => put({ kind: 'ask', touchpoint, ask, result }),
})

/** What stands between the calls and the session: consent, the page's life, defaults, checks. */
class Client {
  readonly session: Session
  readonly #options: PulseOptions
  readonly #environment: Environment
  #consent: Consent = 'pending'

  constructor(options: PulseOptions, environment: Environment, tell: Tell) {
    const session = new Session(options, environment, tell)
    this.session = session
    this.#options = options
    this.#environment = environment
    onPageLife(
      () => {
        session.pump()
        session.wire.tell({ type: 'halt' })
      },
      () => this.#consent === 'granted' && session.wire.tell({ type: 'start' }),
    )
  }

  put(given: PulseEvent, lossless: boolean, faultOf: (event: PulseEvent) => string | undefined): Sent {
    const { session } = this
    const { channel, cuts } = this.#options
    const event = { at: this.#environment.now(), ...given }
    if (event.touchpoint) {
      if (channel) event.channel ??= channel
      if (cuts) event.cuts = { ...cuts, ...event.cuts }
    }
    const fault = faultOf(event)
    if (fault) {
      session.failed(`${event.kind}: not a good ${fault}`)
      return 'bad'
    }
    if (this.#consent === 'denied') {
      session.lost.consent++
      return 'closed'
    }
    return session.submit(event, this.#consent === 'pending' ? HELD_EVENTS : undefined, lossless)
  }

  consent(state: Consent): void {
    const { session } = this
    const { identity = 'day', visitor } = this.#options
    if (state === this.#consent) return
    this.#consent = state
    if (state === 'granted') {
      session.self = whoSpeaks(identity, visitor, this.#environment.makeId)
      session.wire.tell({ type: 'start' })
    } else {
      session.discard('consent')
      session.wire.tell({ type: 'halt' })
      session.renew()
    }
  }

  async close(): Promise<void> {
    const { session } = this
    const end = () => {
      session.wire.tell({ type: 'close' })
      session.discard('closed')
    }
    const cancel = this.#environment.after(this.#consent === 'granted' ? CLOSE_MS : 0, end)
    await session.flush(0)
    cancel()
    end()
  }
}

/** `faultOf` says which field of an event is bad, undefined if none is. */
export const createClient = (
  options: PulseOptions,
  environment: Environment,
  faultOf: (event: PulseEvent) => string | undefined,
): PulseClient => {
  const emitter = new Emitter<Told>()
  const client = new Client(options, environment, (name, told) => {
    if (options.debug) console.log('pulssi', name, told)
    emitter.emit(name as keyof Told, told as never)
  })
  const { session } = client
  /** Whatever goes wrong stays in here: a page never breaks. */
  const safely = <Result>(run: () => Result): Result | 'bad' => {
    try {
      return run()
    } catch (error) {
      session.failed(error)
      return 'bad'
    }
  }
  const put = (event: PulseEvent, lossless = false) => safely(() => client.put(event, lossless, faultOf))
  const consent = (state: Consent) => void safely(() => client.consent(state))
  consent(options.consent ?? 'granted')
  return {
    ...eventCalls(put),
    as: visitor => eventCalls(event => put({ ...event, visitor })),
    send: event => put(event, true),
    on: (name, listener) => emitter.on(name, listener),
    flush: (queued = 0) => session.flush(queued),
    close: () => client.close(),
    consent,
    get visitor() {
      return session.self.visitor
    },
    stats: () => ({ ...session.counts, lost: { ...session.lost }, queued: session.outbox.queue.length }),
  }
}
