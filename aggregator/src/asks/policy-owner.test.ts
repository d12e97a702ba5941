import { Kind } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG, Engine, RecordWriter, View } from '../engine/index.js'
import type { EventLog, Tenure } from '../ports.js'
import { soleTenure } from '../ports.js'
import { POLICY_RENEW_MS } from './limits.js'
import { PolicyOwner } from './policy-owner.js'

const NOW = Date.UTC(2026, 0, 5, 9)
const UNHEARD = { verdict() {}, refused() {} }
const ASK = { form: 2, options: 0, reason: false, trigger: 'sample', dwellMs: 0, validMs: 60_000 } as const

/** One engine behind a log of two partitions, of which the second takes nothing while `isFull`. */
const set = (tenure: Tenure = soleTenure('policy')) => {
  const engine = new Engine([1, 2])
  const view = new View(1)
  const entries: { readonly partition: number; readonly bytes: Uint8Array }[] = []
  const state = { now: NOW, isFull: false }
  const log = {
    partitions: 2,
    append: async (partition: number, bytes: Uint8Array) => {
      if (partition === 1 && state.isFull) throw new Error('full')
      return entries.push({ partition, bytes })
    },
  } as EventLog
  const apply = (write: (out: RecordWriter) => void): void => {
    const out = new RecordWriter()
    write(out)
    engine.apply(out.take(), UNHEARD)
    view.absorb(0, engine.partial() ?? (engine.partial(true) as Uint8Array), state.now)
  }
  apply(out => {
    out.config({ ...DEFAULT_CONFIG, asks: [{ ...ASK, id: 'mood', touchpoints: ['pay*'], signals: [] }] })
    out.tick(NOW)
    const ids = {
      visitorHi: 1,
      visitorLo: 2,
      streamHi: 3,
      streamLo: 4,
      hasStream: true,
      seq: 0,
      page: false,
      bot: false,
    }
    out.begin({ ...ids, receivedAt: NOW, dataClock: false, base: NOW })
    for (const name of ['pay', 'pay.card', 'home']) out.event(Kind.enter, out.place(name, null, []), NOW)
    out.end()
  })
  const board = {
    get map() {
      return view.config
    },
    get ageMs() {
      return view.ageMs(state.now)
    },
    stale: () => view.stale(),
    select: (patterns: readonly string[]) => view.select(patterns),
    pulse: (name: string, window: '1h') => view.pulse(name, window, state.now),
    between: async <T>(look: () => T): Promise<T> => look(),
  } as ConstructorParameters<typeof PolicyOwner>[0]['board']
  const logger = pino({ level: 'silent' })
  const owner = new PolicyOwner({ board, log, logger, tenure, clock: { now: () => state.now }, incidents: () => [] })
  return { owner, entries, state, engine }
}

describe('the owner of the policy', () => {
  it('tells every partition of the touchpoints where somebody may be asked, again when it grows old', async () => {
    const { owner, entries, state, engine } = set()
    await owner.look()
    await owner.look()
    expect(entries.map(({ partition }) => partition)).toEqual([0, 1])
    for (const { bytes } of entries) engine.apply(bytes, UNHEARD)
    expect(engine.state.chances.list.map(({ touchpoint }) => touchpoint)).toEqual(['pay', 'pay.card'])
    expect(engine.state.chances.until).toBeGreaterThan(NOW)
    state.now += POLICY_RENEW_MS
    await owner.close()
    await owner.look()
    expect(entries).toHaveLength(2)
  })

  it('says it again after a log took nothing', async () => {
    const { owner, entries, state } = set()
    state.isFull = true
    await owner.look()
    state.isFull = false
    await owner.look()
    expect(entries.map(({ partition }) => partition)).toEqual([0, 0, 1])
    await owner.close()
  })

  it('says nothing once its tenure is over, or of figures that are old', async () => {
    const over = set({ ...soleTenure('policy'), isHeld: false })
    await over.owner.look()
    await over.owner.close()
    const old = set()
    old.state.now += 60_000
    await old.owner.look()
    await old.owner.close()
    expect([...over.entries, ...old.entries]).toEqual([])
  })
})
