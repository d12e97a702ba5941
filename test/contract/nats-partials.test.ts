import { Kind } from '@pulssi/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Board } from '../../aggregator/src/board/index.js'
import { DEFAULT_CONFIG, Engine, RecordWriter, View } from '../../aggregator/src/engine/index.js'
import { PacedBus } from '../../aggregator/src/worker/index.js'
import { PART_BYTES } from '../../aggregator/src/worker/limits.js'
import { onWanted, publishPartial } from '../../aggregator/src/worker/partial.js'
import { Telling } from '../../aggregator/src/worker/telling.js'
import { NatsServer } from './nats-server.js'
import { PAIRS, type Pair } from './pair.js'

const START = 1_700_000_000_000
const TOUCHPOINTS = 300
const VISITORS = 100
const LOOK_MS = 200
const quiet = { verdict: (): void => {}, refused: (): void => {} }

let server: NatsServer
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())

describe.each(PAIRS)('partials over %s', (_, open) => {
  let pair: Pair
  let paced: PacedBus
  let board: Board
  const errors: unknown[] = []
  beforeEach(async () => {
    pair = await open(server)
    paced = new PacedBus(pair.one)
    errors.length = 0
    const onError = (error: unknown): void => void errors.push(error)
    board = new Board({ view: new View(1), bus: pair.two, clock: { now: () => Date.now() }, onError, silentMs: 2_000 })
  })
  afterEach(async () => {
    board.close()
    await paced.close()
    await pair.close()
  })

  test('a whole one of many parts comes as it was made, and again where something was lost', async () => {
    const engine = new Engine([1, 2])
    const telling = new Telling(engine, 1, true)
    const end = onWanted(pair.one, () => telling.tellWhole())
    let sequence = 0
    const visit = (visitor: number, at: number): void => {
      const out = new RecordWriter()
      if (sequence === 0) out.config({ ...DEFAULT_CONFIG, touchpoints: [{ pattern: '*' }] })
      const ids = { visitorHi: visitor, visitorLo: 7, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
      for (let touchpoint = 0; touchpoint < TOUCHPOINTS; touchpoint++) {
        out.begin({ receivedAt: at, base: at, dataClock: false, page: false, bot: false, ...ids })
        out.event(Kind.enter, out.place(`t${touchpoint}`, null, []), at)
        out.end()
      }
      engine.apply(out.take(), quiet)
      sequence++
    }
    /** Goes on telling, as a worker does, until the board has it all. */
    const tell = async (): Promise<void> => {
      do {
        const out = new RecordWriter()
        out.tick(START + VISITORS * 60_000 + ++sequence)
        engine.apply(out.take(), quiet)
        const message = telling.next(sequence)
        if (message !== null) publishPartial(paced, 0, message)
      } while (!(await board.reached([sequence], LOOK_MS)))
    }
    const shown = (view: View): string =>
      JSON.stringify(view.journey('total', START)).replace(/"ageMs":\d+/g, '"ageMs":0')
    const expectSame = async (): Promise<void> => {
      const fresh = new View(1)
      const whole = engine.partial(true) as Uint8Array
      expect(whole.length).toBeGreaterThan(2 * PART_BYTES)
      fresh.absorb(0, whole, START)
      expect(await board.still(async view => shown(view))).toBe(shown(fresh))
    }
    for (let visitor = 1; visitor <= VISITORS; visitor++) visit(visitor, START + visitor * 60_000)
    await tell()
    await expectSame()
    visit(VISITORS + 1, START + VISITORS * 60_000)
    expect(telling.next(sequence)).not.toBe(null)
    await tell()
    await expectSame()
    expect(board.partitions()).toMatchObject([{ epoch: 1, sequence, isStale: false }])
    expect(errors).toEqual([])
    end()
  })
})
