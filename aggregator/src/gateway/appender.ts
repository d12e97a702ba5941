import { Fault, type ForgetFrame, Frame, Refusal } from '@pulssi/protocol'
import type { Logger } from 'pino'
import type { EngineConfig } from '../engine/index.js'
import type { Intake, Sender } from '../intake/index.js'
import type { Queue, Tally } from '../metrics/index.js'
import { type EventLog, Overloaded } from '../ports.js'
import { type Folded, REFUSAL_FIELDS, VERDICT_FIELDS } from '../worker/index.js'
import {
  BatchContribution,
  type BatchOwner,
  type Contribution,
  type Outcome,
  RequestContribution,
} from './contribution.js'
import { type Lane, newLane, noParts, type Parts } from './lane.js'
import type { Limits } from './limits.js'
import { randomWords } from './random-words.js'
import { GATHER_BYTES, GATHER_MS, OVERLOADED_RETRY_MS, STALLED_MS, VERDICT_LOST_MS, VERDICT_MS } from './retry.js'
import type { NotNow, Numbered } from './session.js'

const overloaded = (message: string, retryMs: number): NotNow => ({ fault: Fault.overloaded, message, retryMs })

export interface AppenderOptions {
  readonly log: EventLog
  readonly intake: Intake
  readonly limits: Pick<Limits, 'inFlightBytes' | 'gatheredBytes' | 'unfoldedBytes'>
  readonly logger: Logger
  readonly tally?: Tally
  /** Last entry of each partition that is there already. */
  readonly durable: readonly number[]
}

/**
 * Puts what comes in into the log. Each partition has one append under way; what comes meanwhile is gathered into the
 * next entry. When an append is not taken, what was gathered behind it is given up too: a visitor's later events must
 * not be stored before the earlier ones.
 */
export class Appender {
  readonly #options: AppenderOptions
  readonly #lanes: Lane[]
  #inFlightBytes = 0
  #unfoldedBytes = 0
  #idle: (() => void) | null = null

  constructor(options: AppenderOptions) {
    const { intake, durable } = options
    this.#options = options
    this.#lanes = Array.from({ length: intake.partitions }, (_, at) => newLane(at, durable[at] ?? 0))
  }

  /** Why nothing more can be taken now; null: it can. */
  capacity(): NotNow | null {
    const { intake, limits } = this.#options
    let waitingBytes = this.#inFlightBytes
    for (const { partition, stalled } of this.#lanes) {
      if (stalled) return overloaded('the log does not answer', OVERLOADED_RETRY_MS)
      const gatheredBytes = intake.sizeBytes(partition)
      if (gatheredBytes > limits.gatheredBytes) return overloaded('the log is behind', OVERLOADED_RETRY_MS)
      waitingBytes += gatheredBytes
    }
    if (waitingBytes > limits.inFlightBytes) return overloaded('the log is behind', OVERLOADED_RETRY_MS)
    if (this.#unfoldedBytes > limits.unfoldedBytes) return overloaded('the engines are behind', OVERLOADED_RETRY_MS)
    return null
  }

  /** What waits for the disk, and what for the engines. */
  get queue(): Queue {
    const oldest = this.#lanes.flatMap(({ unfolded }) => unfolded.values().next().value?.storedAt ?? [])
    return {
      waitingBytes: this.#lanes.reduce(
        (sum, lane) => sum + this.#options.intake.sizeBytes(lane.partition),
        this.#inFlightBytes,
      ),
      unfoldedBytes: this.#unfoldedBytes,
      unfoldedEntries: this.#lanes.reduce((sum, lane) => sum + lane.unfolded.size, 0),
      lagMs: oldest.length === 0 ? 0 : performance.now() - Math.min(...oldest),
    }
  }

  /** How many partitions' last entry the log did not take. */
  get refusingPartitions(): number {
    return this.#lanes.filter(lane => lane.refusing).length
  }

  /** Last durable entry of each partition, as far as this gateway knows. */
  get durable(): readonly number[] {
    return this.#lanes.map(lane => lane.last)
  }

  take(frame: Numbered, sender: Sender, receivedAt: number, owner: BatchOwner): void {
    if (frame[0] === Frame.forget) return this.#forget(frame, sender, receivedAt, owner)
    const before = this.#options.intake.sizeBytes(0)
    const refused = this.#options.intake.batch(frame, sender, receivedAt)
    const lanes = this.#touched(before)
    this.#contribute(lanes, new BatchContribution(frame[1], refused, lanes.size, owner))
  }

  /** Erases a visitor; resolves once that is durable, or not taken. */
  erase(visitor: string, at: number): Promise<Outcome | NotNow> {
    return this.alone(intake => intake.erase(visitor, at, randomWords()))
  }

  /** `write` puts one record into the intake for each partition that it returns; resolves as `erase`. */
  async alone(write: (intake: Intake) => readonly number[]): Promise<Outcome | NotNow> {
    const { intake } = this.#options
    intake.clearSpans()
    const lanes = this.#lanesOf(write(intake))
    const contribution = new RequestContribution(lanes.size, 0, VERDICT_MS)
    this.#contribute(lanes, contribution)
    return contribution.outcome
  }

  /** `write` puts the request's events and counts into the intake, all at once. */
  async request(write: (intake: Intake) => void): Promise<Outcome | NotNow> {
    const { intake } = this.#options
    const before = intake.sizeBytes(0)
    intake.clearSpans()
    write(intake)
    const lanes = this.#touched(before)
    const contribution = new RequestContribution(lanes.size, intake.spans.length, VERDICT_MS)
    this.#contribute(lanes, contribution)
    return contribution.outcome
  }

  /** Tells every partition the time. Resolves once that is durable, or not taken. */
  async tick(at: number): Promise<void> {
    await this.#toAll(partition => this.#options.intake.tick(partition, at))
  }

  /** Tells every partition what holds from here on. Resolves with null once that is durable, or with why it isn't. */
  async config(config: EngineConfig): Promise<NotNow | null> {
    const outcome = await this.#toAll(partition => this.#options.intake.config(partition, config))
    return 'fault' in outcome ? outcome : null
  }

  /** The worker's word on entries of any gateway. */
  folded(folded: Folded): void {
    const lane = this.#lanes[folded.partition]
    if (lane === undefined) return
    if (lane.appending) lane.early.push(folded)
    this.#judge(lane, folded)
  }

  /**
   * Entries folded, by the last one of each partition: of those that have waited long for their verdict nobody hears
   * any more, as a message between processes may get lost.
   */
  foldedThrough(sequences: readonly number[]): void {
    const before = performance.now() - VERDICT_LOST_MS
    for (const lane of this.#lanes) {
      for (const [sequence, parts] of lane.unfolded) {
        if (sequence > (sequences[lane.partition] ?? 0) || parts.storedAt > before) break
        this.#unfoldedBytes -= parts.sizeBytes
        lane.unfolded.delete(sequence)
      }
    }
  }

  /** Resolves once nothing is under way; nothing may be handed over after it was called. */
  async drain(): Promise<void> {
    while (this.#lanes.some(lane => lane.appending || lane.scheduled)) {
      await new Promise<void>(resolve => {
        this.#idle = resolve
      })
    }
  }

  #forget(frame: ForgetFrame, sender: Sender, receivedAt: number, owner: BatchOwner): void {
    const { intake } = this.#options
    const visitor = frame[2] ?? sender.visitor
    const mayErase = visitor !== null && (sender.everyVisitor || visitor === sender.visitor)
    intake.clearSpans()
    if (!mayErase) {
      const refused = [{ position: 0, code: Refusal.visitorDenied }]
      this.#contribute(new Set(), new BatchContribution(frame[1], refused, 0, owner))
      return
    }
    const lanes = this.#lanesOf(intake.erase(visitor, receivedAt, randomWords()))
    this.#contribute(lanes, new BatchContribution(frame[1], [], lanes.size, owner))
  }

  #lanesOf(partitions: readonly number[]): Set<Lane> {
    return new Set(partitions.map(partition => this.#lanes[partition] as Lane))
  }

  #toAll(write: (partition: number) => void): Promise<Outcome | NotNow> {
    const all = this.#lanes.map(({ partition }) => partition)
    all.forEach(write)
    return this.alone(() => all)
  }

  /** Partitions that the records written since the last `clearSpans` are in; `before`: size of the first one then. */
  #touched(before: number): Set<Lane> {
    const { intake } = this.#options
    const lanes = new Set<Lane>()
    for (const span of intake.spans) lanes.add(this.#lanes[span.partition] as Lane)
    if (intake.sizeBytes(0) !== before) lanes.add(this.#lanes[0] as Lane)
    return lanes
  }

  #contribute(lanes: ReadonlySet<Lane>, contribution: Contribution): void {
    for (const { partition, record, position } of this.#options.intake.spans) {
      const { owners, positions } = (this.#lanes[partition] as Lane).gathered
      owners[record] = contribution
      positions[record] = position
    }
    for (const lane of lanes) {
      lane.gathered.contributions.add(contribution)
      this.#schedule(lane)
    }
  }

  /** Frames that arrive in the same turn of the event loop go into one entry. */
  #schedule(lane: Lane): void {
    if (lane.scheduled || lane.appending) return
    lane.scheduled = true
    setImmediate(() => {
      lane.scheduled = false
      void this.#append(lane)
    })
  }

  async #append(lane: Lane): Promise<void> {
    const { log, intake } = this.#options
    lane.appending = true
    while (intake.sizeBytes(lane.partition) > 0) {
      const parts = this.#take(lane)
      const { bytes, sizeBytes } = parts
      this.#inFlightBytes += sizeBytes
      const overdue = setTimeout(() => this.#stall(lane), STALLED_MS)
      try {
        const sequence = await log.append(lane.partition, bytes)
        this.#inFlightBytes -= sizeBytes
        this.#stored(lane, sequence, parts)
      } catch (error) {
        this.#inFlightBytes -= sizeBytes
        this.#notTaken(lane, parts, error)
      }
      clearTimeout(overdue)
      lane.stalled = false
      lane.early.length = 0
      if (sizeBytes >= GATHER_BYTES) await new Promise(resolve => setTimeout(resolve, GATHER_MS))
    }
    lane.appending = false
    this.#idle?.()
  }

  /** Whether the entry under way is stored, nobody knows: only what is behind it can be refused. */
  #stall(lane: Lane): void {
    lane.stalled = true
    const why = overloaded('the log does not answer', OVERLOADED_RETRY_MS)
    for (const contribution of this.#take(lane).contributions) contribution.lost(why)
  }

  #take(lane: Lane): Parts & { readonly bytes: Uint8Array } {
    const bytes = this.#options.intake.take(lane.partition)
    const parts = { ...lane.gathered, sizeBytes: bytes.length, bytes }
    lane.gathered = noParts()
    return parts
  }

  #stored(lane: Lane, sequence: number, { contributions, owners, positions, sizeBytes }: Parts): void {
    lane.last = sequence
    lane.refusing = false
    lane.unfolded.set(sequence, { contributions, owners, positions, sizeBytes, storedAt: performance.now() })
    this.#unfoldedBytes += sizeBytes
    for (const contribution of contributions) contribution.durable()
    for (const folded of lane.early) this.#judge(lane, folded)
  }

  #notTaken(lane: Lane, parts: Parts, error: unknown): void {
    const known = error instanceof Overloaded
    lane.refusing = true
    if (!known) this.#options.logger.error({ err: error, partition: lane.partition }, 'the log refused an entry')
    const why = overloaded('the log took nothing', known ? error.retryMs : OVERLOADED_RETRY_MS)
    const behind = this.#take(lane)
    for (const { contributions } of [parts, behind]) for (const contribution of contributions) contribution.lost(why)
  }

  #judge(lane: Lane, { first, count, verdicts, refusals }: Folded): void {
    for (let i = 0; i < refusals.length; i += REFUSAL_FIELDS) {
      const [entry = 0, record = 0, event = 0, code = 0] = refusals.subarray(i, i + REFUSAL_FIELDS)
      const parts = lane.unfolded.get(first + entry)
      // Of another gateway, or of an entry whose number isn't known yet: it is counted where it is known.
      if (parts === undefined) continue
      this.#options.tally?.refusedEvents.add(code)
      parts.owners[record]?.refused((parts.positions[record] ?? 0) + event, code as Refusal)
    }
    for (let i = 0; i < verdicts.length; i += VERDICT_FIELDS) {
      const owner = lane.unfolded.get(first + (verdicts[i] ?? 0))?.owners[verdicts[i + 1] ?? 0]
      owner?.verdict(verdicts[i + 2] ?? 0, verdicts[i + 3] ?? 0, verdicts[i + 4] ?? 0)
    }
    for (let sequence = first; sequence < first + count; sequence++) {
      const parts = lane.unfolded.get(sequence)
      if (parts === undefined) continue
      this.#unfoldedBytes -= parts.sizeBytes
      lane.unfolded.delete(sequence)
    }
  }
}
