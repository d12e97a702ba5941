import type { Incident } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Rule } from '../config/index.js'
import { Fenced } from '../ports.js'
import { Alerts } from './alerts.js'
import { SURVEY_LOOKS } from './limits.js'
import { incidentOf, keptOf, NOW } from './testing/incidents.js'
import { MemoryStore } from './testing/memory-store.js'
import { PassingTenure } from './testing/passing-tenure.js'
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

const setUp = async (store: MemoryStore, rules: readonly Rule[] = [RULE], tenure = new PassingTenure()) => {
  const scene = makeScene()
  const fenced: Error[] = []
  const told: [string, string][] = []
  const alerts = await Alerts.open({
    board: scene.board,
    store,
    clock: { now: () => scene.wall.now },
    logger: pino({ level: 'silent' }),
    config: { rules: [...rules], hooks: {} },
    isReplay: false,
    tenure,
    onFenced: error => fenced.push(error),
    onChange: ({ touchpoint, state }: Incident) => told.push([touchpoint, state]),
  })
  onTestFinished(() => alerts.close())
  return { ...scene, alerts, told, tenure, fenced }
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

describe('alerts that another owner has taken', () => {
  test('tell and write nothing from the end of their tenure on, though nobody has told them', async () => {
    const store = new MemoryStore()
    const { alerts, visits, told, tenure, fenced } = await setUp(store)
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    tenure.isHeld = false
    await alerts.look()
    await expect(alerts.acknowledge('i.any')).rejects.toThrow(Fenced)
    expect([told, store.values.size, fenced.length]).toEqual([[], 0, 1])
  })

  test('stop at a change that is not theirs, and acknowledge nothing any more', async () => {
    const store = new MemoryStore()
    const { alerts, visits, told, fenced } = await setUp(store)
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await alerts.look()
    const { id = '' } = alerts.incidents()[0] ?? {}
    const theirs = JSON.stringify({ ...keptOf(id, []), incident: incidentOf(id, { state: 'acknowledged' }) })
    store.place(`incident/${id}`, theirs)
    await expect(alerts.acknowledge(id)).rejects.toThrow(Fenced)
    await visits(NOW + 1_000, many(80, { touchpoint: 'another.place', score: 1 }))
    await alerts.look()
    expect([told, fenced.length]).toEqual([[[PLACE, 'firing']], 1])
    expect(stored(store)).toEqual([incidentOf(id, { state: 'acknowledged' })])
  })

  test('tell nothing of what is pending, which is written nowhere', async () => {
    for (const end of [(tenure: PassingTenure) => tenure.tell(), (tenure: PassingTenure) => tenure.pass()]) {
      const { alerts, visits, told, tenure } = await setUp(new MemoryStore(), [{ ...RULE, for: 60_000 }])
      end(tenure)
      await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
      await alerts.look()
      expect(told).toEqual([])
    }
  })

  test('find in time what another owner wrote too late for them to have read it', async () => {
    const store = new MemoryStore()
    const { alerts, fenced } = await setUp(store)
    store.place('incident/i.late', JSON.stringify(keptOf('i.late', [])))
    for (let look = 0; look < SURVEY_LOOKS; look++) await alerts.look()
    expect(fenced).toHaveLength(1)
  })

  test('of two incidents that two owners opened for the same, the older one stays', async () => {
    const store = new MemoryStore()
    for (const [id, since] of [['i.younger', NOW - 1_000] as const, ['i.older', NOW - 2_000] as const])
      store.place(`incident/${id}`, JSON.stringify({ ...keptOf(id, []), incident: incidentOf(id, { since }) }))
    const { alerts, visits, told } = await setUp(store)
    await visits(NOW, many(8, { touchpoint: PLACE, score: 1 }))
    await alerts.look()
    expect(told).toEqual([[PLACE, 'resolved']])
    const states = Object.fromEntries(stored(store).map(({ id, state }) => [id, state]))
    expect(states).toEqual({ 'i.older': 'firing', 'i.younger': 'resolved' })
  })

  test('of a board that has heard of nothing yet end no incident', async () => {
    const store = new MemoryStore()
    store.place('incident/i.1', JSON.stringify(keptOf('i.1', [])))
    const { alerts, told } = await setUp(store)
    await alerts.look()
    expect([told, stored(store)[0]?.state]).toEqual([[], 'firing'])
  })
})
