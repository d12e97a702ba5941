import type { Logger } from 'pino'
import type { Hook } from '../../config/index.js'
import { type Clock, Fenced, soleTenure, type Tenure } from '../../ports.js'
import { ATTEMPTS_AT_ONCE } from '../limits.js'
import type { Records } from '../records.js'
import type { Kept, Message } from '../stored.js'
import { attempt } from './attempt.js'
import { Desk } from './desk.js'
import { failureOf, type Outcome, outcomeOf } from './outcome.js'
import { dueBy, type Schedule, waitMs } from './schedule.js'

/** Sends a message once, if it may still go when the receiver is reached; never rejects. */
export type Send = (hook: Hook, message: Message, signal: AbortSignal, mayGo: () => boolean) => Promise<Outcome>

export interface CourierOptions {
  readonly records: Records
  readonly clock: Clock
  readonly logger: Logger
  readonly schedule: Schedule
  /** For which this process alone sends; left out: for good. */
  readonly tenure?: Tenure | undefined
  /** In place of the network. */
  readonly send?: Send
  /** In place of setTimeout. Returns what calls it off. */
  readonly after?: (ms: number, run: () => void) => () => void
}

const TIMER_MS = 2 ** 31 - 1

const byTimeout = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, Math.min(ms, TIMER_MS))
  return () => clearTimeout(timer)
}

const sendOver =
  (clock: Clock): Send =>
  async (hook, { id, body }, signal, mayGo) => {
    try {
      return outcomeOf(await attempt(hook, { id, at: clock.now(), body }, { signal, mayGo }), clock.now())
    } catch (error) {
      return failureOf(error)
    }
  }

/**
 * Brings messages to hooks, each until it has arrived or the schedule is at its end. Of one incident the oldest goes
 * first, and the next one waits for it; incidents don't wait for each other. What is due stands in the records alone,
 * so that another process goes on where this one ended. Nothing is sent, and nothing that comes of it counts, once the
 * tenure is over.
 */
export class Courier {
  readonly #options: CourierOptions
  readonly #send: Send
  readonly #tenure: Tenure
  readonly #after: NonNullable<CourierOptions['after']>
  readonly #stop = new AbortController()
  /** Incidents whose message is under way. */
  readonly #underWay = new Set<string>()
  #desks = new Map<string, Desk>()
  #cancel = (): void => {}

  constructor(options: CourierOptions) {
    this.#options = options
    this.#send = options.send ?? sendOver(options.clock)
    this.#after = options.after ?? byTimeout
    this.#tenure = options.tenure ?? soleTenure('alerts')
  }

  get desks(): readonly Desk[] {
    return [...this.#desks.values()]
  }

  /** From now on these are the hooks. One that is the same as before stays as it is, also switched off. */
  replace(hooks: Readonly<Record<string, Hook>>): void {
    const before = this.#desks
    this.#desks = new Map(
      Object.entries(hooks).map(([name, hook]) => {
        const known = before.get(name)
        return [name, known?.isFor(hook) === true ? known : new Desk(name, hook)]
      }),
    )
    this.pump()
  }

  /** Sends what is due, and comes back when more is. */
  pump(): void {
    this.#cancel()
    if (this.#isOver) return
    const now = this.#options.clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const kept of [...this.#options.records.all()]) {
      const [message] = kept.outbox
      const { id } = kept.incident
      // What isn't durable could be sent again under another id.
      if (message === undefined || this.#underWay.has(id) || !this.#options.records.isDurable(id)) continue
      const desk = this.#desks.get(message.hook)
      if (desk === undefined) {
        this.#attend(this.#shift(id, message).then(() => this.pump()))
        continue
      }
      if (!desk.isOpen || desk.underWay >= ATTEMPTS_AT_ONCE) continue
      const dueAt = dueBy(message.dueAt, now)
      if (dueAt <= now) this.#attend(this.#bring(kept, message, desk))
      else next = Math.min(next, dueAt)
    }
    if (next < Number.POSITIVE_INFINITY) this.#cancel = this.#after(next - now, () => this.pump())
  }

  /** Gives up what is under way, as if it had not been begun. */
  close(): void {
    this.#stop.abort()
    this.#cancel()
  }

  get #isOver(): boolean {
    return this.#stop.signal.aborted || !this.#tenure.isHeld
  }

  /** The records themselves say where another owner was found. */
  #attend(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof Fenced)) this.#options.logger.error({ err: error }, 'a message could not be attended to')
    })
  }

  async #bring({ incident }: Kept, message: Message, desk: Desk): Promise<void> {
    const { signal } = this.#stop
    this.#underWay.add(incident.id)
    desk.underWay++
    const outcome = await this.#send(desk.hook, message, signal, () => !this.#isOver)
    desk.underWay--
    if (this.#isOver) return
    await this.#note(incident.id, message, desk, outcome)
    this.#underWay.delete(incident.id)
    this.pump()
  }

  async #note(id: string, message: Message, desk: Desk, outcome: Outcome): Promise<void> {
    const { clock, schedule } = this.#options
    desk.note(outcome, clock.now())
    if (outcome.type === 'delivered') return this.#shift(id, message)
    const attempts = message.attempts + 1
    const asked = outcome.type === 'failed' ? outcome.askedMs : null
    const wait = waitMs(schedule, attempts, asked)
    this.#log(desk, outcome, attempts, wait === null)
    if (wait === null) {
      desk.givenUp++
      return this.#shift(id, message)
    }
    const again: Message = { ...message, attempts, dueAt: Math.round(clock.now() + wait) }
    await this.#replace(id, message, [again])
  }

  #shift(id: string, message: Message): Promise<void> {
    return this.#replace(id, message, [])
  }

  /** Others may have come behind it meanwhile; the incident may be gone. */
  async #replace(id: string, message: Message, by: readonly Message[]): Promise<void> {
    const { records } = this.#options
    const kept = records.get(id)
    if (kept?.outbox[0]?.id !== message.id) return
    await records.put({ ...kept, outbox: [...by, ...kept.outbox.slice(1)] })
  }

  #log(desk: Desk, outcome: Exclude<Outcome, { type: 'delivered' }>, attempt: number, isLast: boolean): void {
    const { logger } = this.#options
    const told = { hook: desk.name, attempt, status: outcome.status ?? undefined }
    if (outcome.type === 'gone') return logger.error(told, 'a hook wants nothing any more and is switched off')
    const line = { ...told, reason: outcome.reason }
    if (isLast) logger.error(line, 'a message to a hook was given up')
    else logger.warn(line, 'a message did not reach its hook and will be sent again')
  }
}
