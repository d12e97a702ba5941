import { randomBytes, randomUUID } from 'node:crypto'
import type { Incident } from '@pulssi/protocol/client'
import type { Logger } from 'pino'
import type { Board } from '../board/index.js'
import type { Config } from '../config/index.js'
import type { AlertFigures } from '../metrics/index.js'
import { type Clock, Fenced, type Store, soleTenure, type Tenure } from '../ports.js'
import { bodyOf } from './hooks/body.js'
import { Courier } from './hooks/courier.js'
import { acknowledged, ended } from './life.js'
import { LOOK_MS, RETRY_DELAYS_MS, SURVEY_LOOKS } from './limits.js'
import { Records } from './records.js'
import { figuresOf, type HookState, hookStates } from './report.js'
import { byAge, type Kept, type Message } from './stored.js'
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
  /** For which they are kept here and nowhere else; left out: for good. */
  readonly tenure?: Tenure | undefined
  /** They have changed in other hands: nothing is looked at, sent or written here any more. Called once at most. */
  readonly onFenced?: ((error: Fenced) => void) | undefined
}

const ID_BYTES = 16
/** Nobody can guess one. */
const newId = (): string => `i.${randomBytes(ID_BYTES).toString('base64url')}`

/**
 * Watches the board, keeps the incidents and tells the hooks. An incident and what its hook is to be told become
 * durable in one write, before anything is sent: whenever the process ends, nothing is forgotten and nobody is told of
 * what the next one doesn't know. Once the tenure is over, or another owner has written, nothing more is done here.
 */
export class Alerts {
  readonly #options: AlertsOptions
  readonly #records: Records
  readonly #watch: Watch
  readonly #courier: Courier
  readonly #tenure: Tenure
  #config: Rights
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #looks = 0
  #isClosed = false

  private constructor(options: AlertsOptions, records: Records) {
    const { board, clock, logger, isReplay, delaysMs = RETRY_DELAYS_MS, tenure = soleTenure('alerts') } = options
    this.#options = options
    this.#records = records
    this.#config = options.config
    this.#watch = new Watch({ board, newId, ...(isReplay ? { unseenMs: Number.POSITIVE_INFINITY } : {}) })
    this.#tenure = tenure
    this.#courier = new Courier({ records, clock, logger, tenure, schedule: { delaysMs, random: Math.random } })
    tenure.signal.addEventListener('abort', () => this.#stop(), { once: true })
  }

  /** Takes up what the store knows, and begins. */
  static async open(options: AlertsOptions): Promise<Alerts> {
    const { config, store, logger, tenure, onFenced } = options
    const stop = new AbortController()
    const records = await Records.open({
      ...{ store, logger, tenure },
      onFenced: error => {
        stop.abort()
        onFenced?.(error)
      },
    })
    const alerts = new Alerts(options, records)
    stop.signal.addEventListener('abort', () => alerts.#stop())
    for (const double of alerts.#resume()) await alerts.#attempt(alerts.#end(double))
    alerts.replace(config)
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
    return [...known.values()].sort(byAge)
  }

  find(id: string): Incident | undefined {
    return this.#watch.find(id)?.incident ?? this.#records.get(id)?.incident
  }

  /**
   * Resolves with the incident once that is durable, or waits for a disk that takes it; null: it isn't firing. Rejects
   * with Fenced: it was not acknowledged.
   */
  async acknowledge(id: string): Promise<Incident | null> {
    this.#records.requireOwned()
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
    this.#stop()
    await this.#looking
    await this.#records.settled()
  }

  #stop(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#courier.close()
  }

  get #isOver(): boolean {
    return this.#isClosed || !this.#tenure.isHeld
  }

  /** Returns those beside which there is an older one that is open for the same rule and touchpoint. */
  #resume(): Kept[] {
    const open = [...this.#records.all()].filter(({ incident }) => incident.state !== 'resolved')
    return open
      .sort((a, b) => byAge(b.incident, a.incident))
      .filter(({ incident }) => {
        if (this.#watch.has(incident)) return true
        this.#watch.resume(incident)
        return false
      })
  }

  /** Of one that was fired by an owner while another one took over. */
  async #end(kept: Kept): Promise<void> {
    const { incident } = kept
    const at = Math.max(incident.firedAt ?? incident.since, this.#options.board.clock)
    await this.#keep(ended({ incident, calmSince: null }, at), kept, at)
  }

  #schedule(): void {
    if (this.#isOver) return
    this.#timer = setTimeout(() => {
      void this.look().then(() => this.#schedule())
    }, LOOK_MS)
  }

  async #look(): Promise<void> {
    const looked = this.#watch.look().then(async changes => {
      for (const changed of changes) {
        if (this.#isOver) return
        await this.#attempt(this.#carryOut(changed))
        // Everybody is told of each: sockets get their turn in between.
        await new Promise(setImmediate)
      }
    })
    await this.#attempt(looked)
    if (this.#isOver) return
    await this.#attempt(this.#records.retry().then(ids => ids.length > 0 && this.#courier.pump()))
    if (this.#isOver) return
    this.#records.expire(this.#options.board.clock)
    if (++this.#looks % SURVEY_LOOKS === 0) await this.#attempt(this.#records.survey())
  }

  /** What fails here is tried again at the next look; where another owner was found, there is none. */
  async #attempt(work: Promise<unknown>): Promise<void> {
    const { logger } = this.#options
    await work.catch((error: unknown) => {
      if (!(error instanceof Fenced)) logger.error({ err: error }, 'a look at the rules failed')
    })
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
