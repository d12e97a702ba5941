import { randomBytes, randomUUID } from 'node:crypto'
import type { Incident } from '@pulssi/protocol/client'
import type { Logger } from 'pino'
import type { Board } from '../board/index.js'
import type { Config } from '../config/index.js'
import type { AlertFigures } from '../metrics/index.js'
import type { Clock, Store } from '../ports.js'
import { bodyOf } from './hooks/body.js'
import { Courier } from './hooks/courier.js'
import { acknowledged } from './life.js'
import { LOOK_MS, RETRY_DELAYS_MS } from './limits.js'
import { type Kept, type Message, Records } from './records.js'
import { figuresOf, type HookState, hookStates } from './report.js'
import { storyOf } from './story.js'
import { type Changed, Watch } from './watch.js'

type Rights = Pick<Config, 'rules' | 'hooks'>

export interface AlertsOptions {
  readonly board: Board
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
  readonly config: Rights
  /** Old events run as if they were live: the engine's clock leaps from one to the next. */
  readonly isReplay: boolean
  /** Hears of each incident that has another state. */
  readonly onChange: (incident: Incident, at: number) => void
  /** In place of the retry schedule. */
  readonly delaysMs?: readonly number[] | undefined
}

const ID_BYTES = 16
/** Nobody can guess one. */
const newId = (): string => `i.${randomBytes(ID_BYTES).toString('base64url')}`

/**
 * Watches the board, keeps the incidents and tells the hooks. An incident and what its hook is to be told become
 * durable in one write, before anything is sent: whenever the process ends, nothing is forgotten and nobody is told of
 * what the next one doesn't know.
 */
export class Alerts {
  readonly #options: AlertsOptions
  readonly #records: Records
  readonly #watch: Watch
  readonly #courier: Courier
  #config: Rights
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #isClosed = false

  private constructor(options: AlertsOptions, records: Records) {
    const { board, clock, logger, isReplay, delaysMs = RETRY_DELAYS_MS } = options
    this.#options = options
    this.#records = records
    this.#config = options.config
    this.#watch = new Watch({ board, newId, ...(isReplay ? { unseenMs: Number.POSITIVE_INFINITY } : {}) })
    this.#courier = new Courier({ records, clock, logger, schedule: { delaysMs, random: Math.random } })
  }

  /** Takes up what the store knows, and begins. */
  static async open(options: AlertsOptions): Promise<Alerts> {
    const alerts = new Alerts(options, await Records.open(options.store, options.logger))
    for (const { incident } of alerts.#records.all()) {
      if (incident.state !== 'resolved') alerts.#watch.resume(incident)
    }
    alerts.replace(options.config)
    alerts.#schedule()
    return alerts
  }

  /** From now on these rules and hooks hold. An incident whose rule is gone is resolved. */
  replace(config: Rights): void {
    this.#config = config
    this.#watch.replace(config.rules)
    this.#courier.replace(config.hooks)
  }

  /** Newest first. */
  incidents(): Incident[] {
    const known = new Map([...this.#records.all()].map(({ incident }) => [incident.id, incident]))
    for (const incident of this.#watch.open) known.set(incident.id, incident)
    return [...known.values()].sort((a, b) => b.since - a.since || (a.id < b.id ? -1 : 1))
  }

  find(id: string): Incident | undefined {
    return this.#watch.find(id)?.incident ?? this.#records.get(id)?.incident
  }

  /** Resolves with the incident once that is durable, or waits for a disk that takes it; null: it isn't firing. */
  async acknowledge(id: string): Promise<Incident | null> {
    const open = this.#watch.find(id)
    const kept = this.#records.get(id)
    if (open === undefined || kept === undefined) return null
    const now = this.#options.board.clock
    const after = acknowledged(open, now)
    if (after === null || after === open) return after?.incident ?? null
    this.#watch.update(after)
    await this.#keep(after.incident, kept, now)
    return after.incident
  }

  /** Looks at the board once, and carries out what follows. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look())
    return this.#looking
  }

  get figures(): AlertFigures {
    return figuresOf(this.incidents(), this.#records, this.#courier.desks, this.#watch)
  }

  get hooks(): HookState[] {
    return hookStates(this.#records, this.#courier.desks)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#courier.close()
    await this.#looking
    await this.#records.settled()
  }

  #schedule(): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => {
      void this.look().then(() => this.#schedule())
    }, LOOK_MS)
  }

  async #look(): Promise<void> {
    const { board, logger } = this.#options
    const attempt = (work: Promise<unknown>): Promise<unknown> =>
      work.catch(error => logger.error({ err: error }, 'a look at the rules failed'))
    const looked = this.#watch.look().then(async changes => {
      for (const changed of changes) {
        await attempt(this.#carryOut(changed))
        // Everybody is told of each: sockets get their turn in between.
        await new Promise(setImmediate)
      }
    })
    await attempt(looked)
    if ((await this.#records.retry()).length > 0) this.#courier.pump()
    this.#records.expire(board.clock)
  }

  async #carryOut({ incident, rule }: Changed): Promise<void> {
    const { board, onChange } = this.#options
    // What never fired is of the moment, and kept nowhere.
    if (incident.firedAt === null) return onChange(incident, board.clock)
    const story = await storyOf(board, incident)
    const told =
      incident.state === 'firing'
        ? { ...incident, story }
        : { ...incident, story: { ...incident.story, recovered: story.recovered } }
    const open = this.#watch.find(told.id)
    if (open !== undefined) this.#watch.update({ ...open, incident: told })
    // The hook that was told of its beginning hears of its end.
    const kept = this.#records.get(told.id) ?? { incident: told, hook: rule?.hook ?? null, outbox: [] }
    await this.#keep(told, kept, told.resolvedAt ?? told.firedAt ?? told.since)
  }

  async #keep(incident: Incident, { hook, outbox }: Kept, at: number): Promise<void> {
    const isSaved = await this.#records.put({
      incident,
      hook,
      outbox: [...outbox, ...this.#messages(incident, hook, at)],
    })
    this.#options.onChange(incident, at)
    if (isSaved) this.#courier.pump()
  }

  #messages(incident: Incident, hook: string | null, at: number): Message[] {
    const found = hook === null ? undefined : this.#config.hooks[hook]
    if (hook === null || found === undefined) return []
    const body = bodyOf(found.format, { type: 'incident', incident }, at)
    return [{ id: `msg_${randomUUID()}`, hook, body, attempts: 0, dueAt: this.#options.clock.now() }]
  }
}
