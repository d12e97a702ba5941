import type { Incident } from '@pulssi/protocol/client'
import type { Logger } from 'pino'
import type { Board } from '../board/index.js'
import { type Chance, RecordWriter } from '../engine/index.js'
import type { Clock, EventLog, Tenure } from '../ports.js'
import { BOARD_AGE_MS, PIECE_MS, POLICY_MS, POLICY_RENEW_MS, POLICY_VALID_MS } from './limits.js'
import { chances, figuresOf, isGettingWorse, type TouchpointFigures } from './policy.js'

export interface PolicyOwnerOptions {
  readonly board: Pick<Board, 'map' | 'stale' | 'ageMs' | 'select' | 'pulse' | 'between'>
  readonly log: EventLog
  readonly clock: Clock
  readonly logger: Logger
  /** For as long as it lasts, nobody else makes the policy. */
  readonly tenure: Tenure
  readonly incidents: () => readonly Incident[]
}

const isSame = (a: readonly Chance[], b: readonly Chance[]): boolean =>
  a.length === b.length &&
  a.every(({ touchpoint, chanceClass, isWorse }, i) => {
    const other = b[i] as Chance
    return touchpoint === other.touchpoint && chanceClass === other.chanceClass && isWorse === other.isWorse
  })

/**
 * Looks at the figures every POLICY_MS and says in every partition's log by what chance visitors are asked, and where it
 * is getting worse: again where that changed, and before it runs out. A partition whose log takes nothing goes on by the
 * chance of NO_POLICY_CLASS once the last policy has run out.
 */
export class PolicyOwner {
  readonly #options: PolicyOwnerOptions
  readonly #timer: NodeJS.Timeout
  #looking: Promise<void> | null = null
  #told: readonly Chance[] = []
  #toldAt = 0
  #isClosed = false

  constructor(options: PolicyOwnerOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.look(), POLICY_MS)
  }

  /** Looks now, unless it is at it. Resolves once it is done; what fails is tried again by the next look. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'the policy of asks could not be stored'))
      .finally(() => {
        this.#looking = null
      })
    return this.#looking
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#looking
  }

  get #mayTell(): boolean {
    return !this.#isClosed && this.#options.tenure.isHeld
  }

  async #look(): Promise<void> {
    const { board, clock } = this.#options
    if (!this.#mayTell || board.map.asks.length + board.map.nudges.length === 0) return
    if (board.stale().length > 0 || board.ageMs > BOARD_AGE_MS) return
    const found = chances(await this.#figures())
    const now = clock.now()
    if (isSame(found, this.#told) && now - this.#toldAt < POLICY_RENEW_MS) return
    await this.#tell(found, now)
    this.#told = found
    this.#toldAt = now
  }

  /** In pieces that give way to sockets. */
  async #figures(): Promise<TouchpointFigures[]> {
    const { board, incidents } = this.#options
    const patterns = [...board.map.asks, ...board.map.nudges].flatMap(({ touchpoints }) => touchpoints)
    const hurt = new Set(incidents().flatMap(({ state, touchpoint }) => (state === 'resolved' ? [] : [touchpoint])))
    const found: TouchpointFigures[] = []
    const names = await board.between(() => board.select(patterns, () => true))
    const steps = names.values()
    const piece = (): boolean => {
      const until = performance.now() + PIECE_MS
      while (performance.now() < until) {
        const { done, value } = steps.next()
        if (done === true) return true
        const pulse = board.pulse(value, '1h')
        found.push(figuresOf(pulse, { isIncident: hurt.has(value), isWorse: isGettingWorse(pulse) }))
      }
      return false
    }
    while (!(await board.between(piece))) {
      await new Promise<void>(resolve => {
        setImmediate(resolve)
      })
    }
    return found
  }

  async #tell(found: readonly Chance[], now: number): Promise<void> {
    const { log } = this.#options
    for (let partition = 0; partition < log.partitions && this.#mayTell; partition++) {
      const out = new RecordWriter()
      out.policy(now, POLICY_VALID_MS, found)
      await log.append(partition, out.take())
    }
  }
}
