/** Processes of a cluster as far as the alerts go: each with a board of its own, and a part in who keeps them. */
import { randomUUID } from 'node:crypto'
import type { Incident } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { makeScene, many } from '../../aggregator/src/alerts/testing/scene.js'
import { AlertsRole, Calls, ClusterDesk, hearNews } from '../../aggregator/src/cluster/index.js'
import { type After, afterReal } from '../../aggregator/src/cluster/waiting.js'
import type { Hook, Rule } from '../../aggregator/src/config/index.js'
import { type Bus, type Store, systemClock } from '../../aggregator/src/ports.js'
import { SECRET } from '../e2e/receiver.js'

export const PLACE = 'checkout.payment'
export const NOW = 1_732_250_000_000
export const RULE: Rule = {
  name: 'payment hurts',
  touchpoint: PLACE,
  figure: 'sentiment',
  below: -0.2,
  window: '5m',
  for: 0,
  clear: 1,
  hook: 'ops',
}
/** Short, but longer than a busy machine keeps a timer waiting. */
const TIMING = { leaseMs: 1_500, renewMs: 300, marginMs: 250, hedgeMs: 300, lookMs: 100, graceMs: 300, gapMs: 800 }

export const hookTo = (url: string): Hook => ({ url, secret: SECRET, format: 'standard', allowInternal: true })

export interface MemberOptions {
  readonly bus: Bus
  readonly store: Store
  readonly hookUrl: string
  readonly rules?: readonly Rule[]
  readonly delaysMs?: readonly number[]
  /** Left out: it takes part. */
  readonly hasRole?: boolean
}

/** Timers that can be withheld, as those of a process that stands still. */
class Timers {
  #isStill = false
  readonly #withheld: (() => void)[] = []

  readonly after: After = (delayMs, run) => {
    let isOff = false
    const cancel = afterReal(delayMs, () => {
      if (isOff) return
      if (this.#isStill) this.#withheld.push(() => isOff || run())
      else run()
    })
    return () => {
      isOff = true
      cancel()
    }
  }

  pause(): void {
    this.#isStill = true
  }

  goOn(): void {
    this.#isStill = false
    for (const run of this.#withheld.splice(0)) run()
  }
}

export class Member {
  readonly owner = `member-${randomUUID()}`
  readonly scene: ReturnType<typeof makeScene> = makeScene()
  readonly timers = new Timers()
  /** What its own sockets were told. */
  readonly told: string[] = []
  readonly warnings: string[] = []
  readonly calls: Calls
  readonly desk: ClusterDesk
  role: AlertsRole | null = null
  readonly #unsubscribe: () => void

  private constructor({ bus, store, hookUrl, rules = [RULE] }: MemberOptions) {
    const logger = pino({ level: 'warn' }, { write: (line: string) => void this.warnings.push(JSON.parse(line).msg) })
    const config = { rules: [...rules], hooks: { ops: hookTo(hookUrl) } }
    this.calls = new Calls({ bus, owner: this.owner, logger })
    this.desk = new ClusterDesk({ calls: this.calls, store, logger, config, own: () => this.role?.own ?? null })
    this.#unsubscribe = hearNews(bus, this.owner, incident => this.#tell(incident), logger)
  }

  static async open(options: MemberOptions): Promise<Member> {
    const { bus, store, hookUrl, rules = [RULE], delaysMs = [0, 1, 1, 1, 1, 1], hasRole = true } = options
    const member = new Member(options)
    await member.scene.tick(NOW)
    if (!hasRole) return member
    const { calls, owner, scene, timers } = member
    member.role = await AlertsRole.open({
      beside: () => async () => {},
      ...{ store, bus, calls, owner, delaysMs, clock: systemClock, logger: pino({ level: 'silent' }) },
      ...{ board: scene.board, isReplay: false, timing: TIMING, after: timers.after },
      config: { rules: [...rules], hooks: { ops: hookTo(hookUrl) } },
      onChange: incident => member.#tell(incident),
    })
    return member
  }

  get isOwner(): boolean {
    return this.role?.own !== null && this.role !== null
  }

  /** So many say that they are unhappy, or happy, at so many seconds after the start. */
  async hear(score: 1 | 5, atS: number): Promise<void> {
    await this.scene.visits(NOW + atS * 1_000, many(score === 1 ? 8 : 80, { touchpoint: PLACE, score }))
  }

  /** As a crash would: nothing is given back. */
  async kill(): Promise<void> {
    await this.role?.close()
    await this.close()
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    this.desk.close()
    await this.role?.drain()
    await this.role?.close()
    this.calls.close()
    this.scene.board.close()
  }

  #tell({ state }: Incident): void {
    this.told.push(state)
  }
}
