import { Kind } from '@pulssi/protocol/client'
import { Board } from '../../board/index.js'
import { MemoryBus } from '../../embedded/memory-bus.js'
import { DEFAULT_CONFIG, Engine, RecordWriter, View } from '../../engine/index.js'
import { packPartial, partialSubject } from '../../worker/partial.js'
import { NOW } from './incidents.js'

const quiet = { verdict: (): void => {}, refused: (): void => {} }

export interface Visit {
  readonly touchpoint: string
  /** On the scale of 1 to 5; left out: the visitor says nothing. */
  readonly score?: number
  readonly signal?: string
  /** Goes on to another touchpoint after a second. */
  readonly next?: string
}

/** A board with engines behind it, whose time is the test's. */
export const makeScene = (partitions = 1) => {
  const engines = Array.from({ length: partitions }, () => new Engine([1, 2]))
  const bus = new MemoryBus()
  const wall = { now: NOW }
  const errors: unknown[] = []
  const onError = (error: unknown): void => void errors.push(error)
  const board = new Board({ view: new View(partitions), bus, clock: { now: () => wall.now }, onError })
  const sequences = engines.map(() => 0)
  let visitors = 0

  const apply = async (partition: number, out: RecordWriter): Promise<void> => {
    const engine = engines[partition] as Engine
    engine.apply(out.take(), quiet)
    const sequence = (sequences[partition] as number) + 1
    sequences[partition] = sequence
    bus.publish(
      partialSubject(partition),
      packPartial({ epoch: 1, number: sequence, sequence, isWhole: sequence === 1 }, engine.partial()),
    )
    const targets = sequences.map((target, other) => (other === partition ? target : 0))
    if (!(await board.reached(targets, 5_000))) throw new Error('the board did not take it in')
  }

  const visit = (out: RecordWriter, at: number, { touchpoint, score, signal, next }: Visit): void => {
    const ids = { visitorHi: ++visitors, visitorLo: 7, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
    out.begin({ receivedAt: at, base: at, dataClock: false, page: false, bot: false, ...ids })
    const place = out.place(touchpoint, null, [])
    out.event(Kind.enter, place, at)
    if (score !== undefined) out.event(Kind.feedback, place, at, 2, score - 1)
    if (signal !== undefined) out.event(Kind.signal, place, at, 0, 0, signal)
    if (next !== undefined) out.event(Kind.enter, out.place(next, null, []), at + 1_000)
    out.end()
  }

  return {
    board,
    wall,
    errors,
    /** Everybody comes at `at`. */
    visits: (at: number, visits: readonly Visit[], partition = 0): Promise<void> => {
      const out = new RecordWriter()
      for (const one of visits) visit(out, at, one)
      wall.now = Math.max(wall.now, at)
      return apply(partition, out)
    },
    tick: (at: number, partition = 0): Promise<void> => {
      const out = new RecordWriter()
      out.tick(at)
      wall.now = Math.max(wall.now, at)
      return apply(partition, out)
    },
    configure: (config: object): Promise<void> => {
      const out = new RecordWriter()
      out.config({ ...DEFAULT_CONFIG, ...config })
      return apply(0, out)
    },
  }
}

export const many = (count: number, visit: Visit): Visit[] => Array.from({ length: count }, () => visit)
