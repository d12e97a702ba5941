import { decode, Kind, type PulseFrame } from '@pulssi/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Engine, RecordWriter, View } from '../engine/index.js'
import type { Bus } from '../ports.js'
import { cutPartial, onWanted, packPartial, partialSubject } from '../worker/partial.js'
import { Telling } from '../worker/telling.js'
import { Board } from './board.js'
import type { Subscriber } from './shape.js'

const NOW = Date.UTC(2026, 0, 5)
const SILENT_MS = 2_000
const quiet = { verdict: (): void => {}, refused: (): void => {} }

/** Hands each message over at once. */
class DirectBus implements Bus {
  readonly #listeners = new Map<string, ((bytes: Uint8Array, subject: string) => void)[]>()

  publish(subject: string, bytes: Uint8Array): void {
    for (const [prefix, listeners] of this.#listeners) {
      if (subject.startsWith(prefix)) for (const listener of listeners) listener(bytes, subject)
    }
  }

  subscribe(subject: string, listener: (bytes: Uint8Array, subject: string) => void): () => void {
    const prefix = subject.replace('>', '')
    this.#listeners.set(prefix, [...(this.#listeners.get(prefix) ?? []), listener])
    return () => {
      const left = this.#listeners.get(prefix)?.filter(other => other !== listener) ?? []
      this.#listeners.set(prefix, left)
    }
  }

  async close(): Promise<void> {}
}

/** Reads short frames. */
class Screen implements Subscriber {
  readonly id = 1
  readonly congested = false
  readonly frames: PulseFrame[] = []

  send(prepared: Uint8Array): void {
    const length = prepared[1] as number
    this.frames.push(decode(prepared.subarray(length < 126 ? 2 : length === 126 ? 4 : 10)) as PulseFrame)
  }
}

const WISH = { touchpoints: ['*'], windows: [5], permission: 'all', allows: () => true }

const make = (partitions: number, silentMs?: number) => {
  const bus = new DirectBus()
  const wanted: number[] = []
  onWanted(bus, partition => void wanted.push(partition))
  const errors: unknown[] = []
  const onError = (error: unknown): void => void errors.push(error)
  const silence = silentMs === undefined ? {} : { silentMs }
  const view = new View(partitions)
  const board = new Board({ view, bus, clock: { now: () => Date.now() }, onError, ...silence })
  return { bus, board, view, wanted, errors }
}

const visit = (visitor: number, at: number, place: number): Uint8Array => {
  const out = new RecordWriter()
  const ids = { visitorHi: visitor, visitorLo: 7, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
  out.begin({ receivedAt: at, base: at, dataClock: false, page: false, bot: false, ...ids })
  out.event(Kind.enter, out.place(`t${place}`, null, []), at)
  out.end()
  return out.take()
}

const served = (epoch = 1): { engine: Engine; telling: Telling } => {
  const engine = new Engine([1, 2])
  return { engine, telling: new Telling(engine, epoch, true, () => Date.now()) }
}

const reach = async (board: Board, sequences: readonly number[]): Promise<void> => {
  const reached = board.reached(sequences, 1_000)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await reached).toBe(true)
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a board', () => {
  test('that has not heard of a partition says so, and asks for it', () => {
    const { board, wanted } = make(2, SILENT_MS)
    expect([board.stale(), wanted]).toEqual([
      [0, 1],
      [0, 1],
    ])
    expect(board.partitions()).toEqual([
      { epoch: 0, sequence: 0, ageMs: null, isStale: true },
      { epoch: 0, sequence: 0, ageMs: null, isStale: true },
    ])
    board.close()
  })

  test.each([
    ['with the wall clock', false],
    ['with the data clock', true],
  ])(
    '%s tells subscribers within 1 s of a partition that fell silent, how old it is, and that it is back',
    async (_, isData) => {
      const { board, bus } = make(1, SILENT_MS)
      const { engine, telling } = served()
      const say = (sequence: number): void => {
        const message = telling.next(sequence)
        if (message !== null) bus.publish(partialSubject(0), message)
      }
      const out = new RecordWriter()
      const ids = { visitorHi: 1, visitorLo: 7, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
      out.begin({ receivedAt: NOW, base: NOW, dataClock: isData, page: false, bot: false, ...ids })
      out.event(Kind.enter, out.place('t', null, []), NOW)
      out.end()
      engine.apply(out.take(), quiet)
      say(1)
      const screen = new Screen()
      board.subscribe(screen, WISH)
      await vi.advanceTimersByTimeAsync(SILENT_MS - 1)
      expect(screen.frames.map(frame => frame[6])).toEqual([[]])
      await vi.advanceTimersByTimeAsync(1_001)
      expect(screen.frames.at(-1)?.[6]).toEqual([0])
      const before = screen.frames.length
      await vi.advanceTimersByTimeAsync(10_000)
      const last = screen.frames.at(-1)
      expect(last?.[6]).toEqual([0])
      expect(last?.[5]).toBeGreaterThan(isData ? -1 : 11_000)
      // Nothing but its age is told, and not more often than a person can see.
      expect(screen.frames.length - before).toBeLessThanOrEqual(isData ? 0 : 20)
      say(1)
      await vi.advanceTimersByTimeAsync(1_000)
      expect([screen.frames.at(-1)?.[6], board.stale()]).toEqual([[], []])
      board.close()
    },
  )

  test('looks for silence only while somebody watches', () => {
    const { board } = make(1, SILENT_MS)
    const screen = new Screen()
    board.subscribe(screen, WISH)
    expect(vi.getTimerCount()).toBe(2)
    board.unsubscribe(screen)
    expect(vi.getTimerCount()).toBe(1)
    board.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that hears itself takes no silence for a sign, and needs no timer for it', async () => {
    const { board, bus } = make(1)
    const { telling } = served()
    bus.publish(partialSubject(0), telling.next(0) as Uint8Array)
    board.subscribe(new Screen(), WISH)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([board.stale(), vi.getTimerCount()]).toEqual([[], 0])
    board.close()
  })

  test('whatever the Bus loses, doubles or cuts off, shows after the next whole ones what one that got all shows', async () => {
    const act = fc.record({
      visitor: fc.integer({ min: 1, max: 40 }),
      erased: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 5 }),
      partition: fc.nat(1),
      /** Takes over from here on, having read the log. */
      takesOver: fc.boolean(),
      fate: fc.constantFrom('brought', 'brought', 'lost', 'doubled', 'cut off', 'old'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 30 }), async acts => {
        const { board, bus, view, errors } = make(2, SILENT_MS)
        const owners = [served(), served()]
        const epochs = [1, 1]
        const sequences = [0, 0]
        const older: Uint8Array[][] = [[], []]
        onWanted(bus, partition => owners[partition]?.telling.tellWhole())
        const bring = (partition: number, message: Uint8Array): void => {
          for (const part of cutPartial(message, 100)) bus.publish(partialSubject(partition), part)
        }
        for (const [i, { visitor, erased, partition, takesOver, fate }] of acts.entries()) {
          if (takesOver) {
            const engine = Engine.restore((owners[partition] as { engine: Engine }).engine.image())
            epochs[partition] = (epochs[partition] as number) + 1
            owners[partition] = { engine, telling: new Telling(engine, epochs[partition] as number, true) }
          }
          const { engine, telling } = owners[partition] as { engine: Engine; telling: Telling }
          engine.apply(visit(visitor * 2 + partition, NOW + i * 1_000, visitor % 3), quiet)
          if (erased !== null) {
            const out = new RecordWriter()
            out.erase(NOW + i * 1_000, [erased * 2 + partition, 7], [i, i])
            engine.apply(out.take(), quiet)
          }
          sequences[partition] = (sequences[partition] as number) + 1
          const message = telling.next(sequences[partition] as number)
          if (message === null) continue
          if (fate === 'brought' || fate === 'doubled') bring(partition, message)
          if (fate === 'doubled') bring(partition, message)
          if (fate === 'cut off') {
            for (const part of cutPartial(message, 100).slice(0, -1)) bus.publish(partialSubject(partition), part)
          }
          for (const old of fate === 'old' ? (older[partition] ?? []) : []) bring(partition, old)
          older[partition]?.push(message)
          await vi.advanceTimersByTimeAsync(100)
        }
        const fresh = new View(2)
        const settle = async (): Promise<void> => {
          for (const [partition, { engine, telling }] of owners.entries()) {
            telling.tellWhole()
            const message = telling.next(sequences[partition] as number) as Uint8Array
            bring(partition, message)
            fresh.absorb(partition, engine.partial(true) as Uint8Array, NOW)
          }
          await reach(board, sequences)
        }
        await settle()
        if (view.lacking.size > 0) await settle()
        const told = (one: View): unknown => JSON.stringify([one.journey('total', NOW), one.journey('5m', NOW)])
        const ageless = (text: unknown): string => String(text).replace(/"ageMs":\d+/g, '')
        expect(ageless(told(view))).toBe(ageless(told(fresh)))
        expect(errors).toEqual([])
        board.close()
      }),
      { numRuns: 60 },
    )
  })

  test('asks anew where the last part of what it missed could be noticed: at the next message', async () => {
    const { board, bus, wanted } = make(1, SILENT_MS)
    const { engine, telling } = served()
    bus.publish(partialSubject(0), telling.next(0) as Uint8Array)
    await vi.advanceTimersByTimeAsync(600)
    wanted.length = 0
    engine.apply(visit(1, NOW, 1), quiet)
    telling.next(1)
    await vi.advanceTimersByTimeAsync(1_000)
    // Nothing changed since, but that the number is not the next one says that something is missing.
    bus.publish(partialSubject(0), telling.next(1) as Uint8Array)
    await vi.advanceTimersByTimeAsync(100)
    expect(wanted).toEqual([0])
    telling.tellWhole()
    bus.publish(partialSubject(0), telling.next(1) as Uint8Array)
    await reach(board, [1])
    board.close()
  })

  test('that missed erasures shows the partitions as stale whose visitors it has to hear of anew, and asks for them', async () => {
    const { board, bus, wanted } = make(2, SILENT_MS)
    const owners = [served(), served()]
    const say = (partition: number): void => {
      const message = owners[partition]?.telling.next(1)
      if (message) bus.publish(partialSubject(partition), message)
    }
    for (const [partition, { engine }] of owners.entries()) {
      engine.apply(visit(partition + 1, NOW, 1), quiet)
      say(partition)
    }
    await vi.advanceTimersByTimeAsync(600)
    expect(board.stale()).toEqual([])
    wanted.length = 0
    const { engine } = owners[0] as { engine: Engine }
    const out = new RecordWriter()
    out.erase(NOW, [1, 7], [3, 4])
    engine.apply(out.take(), quiet)
    // Another owner, whose engine comes from an image, can't say who it was.
    owners[0] = { engine, telling: new Telling(Engine.restore(engine.image()), 2, true) }
    say(0)
    await vi.advanceTimersByTimeAsync(100)
    expect([board.stale(), wanted, board.pulse('t1', 'total').visitors]).toEqual([[1], [1], 1])
    owners[1]?.telling.tellWhole()
    say(1)
    await vi.advanceTimersByTimeAsync(100)
    expect([board.stale(), board.pulse('t1', 'total').visitors]).toEqual([[], 2])
    board.close()
  })

  test('a message for a partition that there is not harms nobody', async () => {
    const { board, bus } = make(1, SILENT_MS)
    const message = packPartial({ epoch: 1, number: 1, sequence: 1, isWhole: true }, new Uint8Array(3))
    for (const subject of ['partial.7', 'partial.-1', 'partial.x']) bus.publish(subject, message)
    await vi.advanceTimersByTimeAsync(100)
    expect(board.stale()).toEqual([0])
    board.close()
  })
})
