import type { Incident } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Rule } from '../config/index.js'
import { Alerts } from './alerts.js'
import { incidentOf, NOW } from './testing/incidents.js'
import { MemoryStore } from './testing/memory-store.js'
import { makeScene, many } from './testing/scene.js'

const PLACE = 'checkout.payment'
const RULE: Rule = {
  name: 'payment hurts',
  touchpoint: PLACE,
  figure: 'sentiment',
  below: -0.2,
  window: '5m',
  for: 0,
  clear: 60_000,
}
const { firedAt: FIRED_AT } = incidentOf('i.0')

const setUp = async (store: MemoryStore, rules: readonly Rule[] = [RULE]) => {
  const scene = makeScene()
  const told: [string, string][] = []
  const alerts = await Alerts.open({
    board: scene.board,
    store,
    clock: { now: () => scene.wall.now },
    logger: pino({ level: 'silent' }),
    config: { rules: [...rules], hooks: {} },
    isReplay: false,
    onChange: ({ touchpoint, state }: Incident) => told.push([touchpoint, state]),
  })
  onTestFinished(() => alerts.close())
  return { ...scene, alerts, told }
}

const stored = (store: MemoryStore): Incident[] =>
  [...store.values.values()].map(bytes => JSON.parse(Buffer.from(bytes).toString()).incident)

describe('alerts', () => {
  test('keep what fired, and take it up again without firing anew', async () => {
    const store = new MemoryStore()
    const first = await setUp(store)
    await first.visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await first.alerts.look()
    expect(first.told).toEqual([[PLACE, 'firing']])
    const [incident] = first.alerts.incidents()
    await first.alerts.acknowledge(incident?.id ?? '')
    await first.alerts.close()

    const second = await setUp(store)
    await second.visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await second.alerts.look()
    expect(second.told).toEqual([])
    expect(second.alerts.incidents()).toMatchObject([{ id: incident?.id, state: 'acknowledged', firedAt: FIRED_AT }])
  })

  test('keep nothing of what is pending, and tell that it never was', async () => {
    const store = new MemoryStore()
    const { alerts, visits, tick, told } = await setUp(store, [{ ...RULE, for: 60_000 }])
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await alerts.look()
    expect(alerts.incidents()).toMatchObject([{ state: 'pending', firedAt: null }])
    expect(await alerts.acknowledge(alerts.incidents()[0]?.id ?? '')).toBeNull()
    await visits(NOW + 5_000, many(80, { touchpoint: PLACE, score: 5 }))
    await tick(NOW + 6_000)
    await alerts.look()
    expect(told).toEqual([
      [PLACE, 'pending'],
      [PLACE, 'resolved'],
    ])
    expect([alerts.incidents(), stored(store)]).toEqual([[], []])
  })

  test('end an incident of a touchpoint that nobody knows any more', async () => {
    const store = new MemoryStore()
    const before = await setUp(store)
    await before.visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await before.alerts.look()
    await before.alerts.close()
    const { alerts, tick, told } = await setUp(store)
    await tick(NOW + 1_000)
    await alerts.look()
    expect(told).toEqual([[PLACE, 'resolved']])
    expect(stored(store)).toMatchObject([{ state: 'resolved', story: { visitors: 8 } }])
  })

  test('go on in memory while the disk is full, and store it once it is not', async () => {
    const store = new MemoryStore()
    const { alerts, visits, told } = await setUp(store)
    store.isFull = true
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await alerts.look()
    expect([told.length, alerts.incidents().length, stored(store)]).toEqual([1, 1, []])
    store.isFull = false
    await alerts.look()
    expect(stored(store)).toMatchObject([{ state: 'firing' }])
  })
})
