/** Incidents are the same, whichever process is asked for them. */
import type { Incident } from '@pulssi/protocol/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { incidentOf, keptOf } from '../../aggregator/src/alerts/testing/incidents.js'
import { PAGE } from '../../aggregator/src/cluster/alerts-limits.js'
import { Receiver } from '../e2e/receiver.js'
import { type Member, RULE } from './alerts-member.js'
import { World } from './alerts-worlds.js'
import { NatsServer } from './nats-server.js'

const PATIENT = { timeout: 30_000 }
const AT_ODDS = 'the owner of the alerts goes by other rules or hooks than this process was given'

let server: NatsServer
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())

const owned = (member: Member) => expect.poll(() => member.isOwner, PATIENT).toBe(true)
const brief = ({ id, state }: Incident): string => `${id} ${state}`
const answers = async (member: Member): Promise<void> => {
  await expect
    .poll(
      () =>
        member.desk.hooks().then(
          hooks => hooks.length,
          () => 0,
        ),
      PATIENT,
    )
    .toBe(1)
}

describe.each([
  ['in memory', () => World.inMemory()],
  ['on NATS', () => World.onNats(server)],
] as const)('a desk %s', (_, open) => {
  let world: World
  let hookUrl: string
  beforeEach(async () => {
    world = open()
    hookUrl = (await Receiver.open()).url
  })
  afterEach(() => world.close())

  test('tells what the owner knows, also what is pending, and takes orders for it', async () => {
    const rules = [RULE, { ...RULE, name: 'slow to anger', for: 3_600_000 }]
    const owner = await world.join({ hookUrl, rules })
    const other = await world.join({ hookUrl, rules, hasRole: false })
    await owned(owner)
    await answers(other)
    await owner.hear(1, 1)
    await expect.poll(() => owner.told.length, PATIENT).toBe(2)
    await expect.poll(() => other.told.length, PATIENT).toBe(2)
    const [seen, own] = [await other.desk.incidents(), await owner.desk.incidents()]
    expect(seen).toEqual(own)
    expect(seen.map(({ state }) => state).sort()).toEqual(['firing', 'pending'])
    const firing = seen.find(({ state }) => state === 'firing')?.id ?? ''
    const pending = seen.find(({ state }) => state === 'pending')?.id ?? ''
    expect(await other.desk.find(firing)).toMatchObject({ id: firing })
    expect(await other.desk.find('i.nothing')).toBeUndefined()
    expect(await other.desk.acknowledge(pending)).toBeNull()
    expect(await other.desk.acknowledge(firing)).toMatchObject({ state: 'acknowledged' })
    expect((await owner.desk.incidents()).map(brief)).toContain(`${firing} acknowledged`)
    expect(await other.desk.hooks()).toMatchObject([{ name: 'ops', state: 'on' }])
    expect([owner.desk.figures.open, other.desk.figures.open]).toEqual([1, 0])
    await expect.poll(() => other.told.length, PATIENT).toBe(3)
    // Each is told once of each, the owner too, which hears its own words over the Bus.
    expect([[...owner.told].sort(), [...other.told].sort()]).toEqual(
      Array(2).fill(['acknowledged', 'firing', 'pending']),
    )
  })

  test('shows what is stored where nobody keeps the alerts, and takes no order', async () => {
    const desk = await world.join({ hookUrl, hasRole: false })
    const store = await world.store()
    await store.put('incident/i1', Buffer.from(JSON.stringify(keptOf('i1', []))), 0)
    await store.put('incident/i2', Buffer.from('{"damaged'), 0)
    expect(await desk.desk.incidents()).toEqual([incidentOf('i1')])
    expect([await desk.desk.find('i1'), await desk.desk.find('i2')]).toEqual([incidentOf('i1'), undefined])
    await expect(desk.desk.acknowledge('i1')).rejects.toMatchObject({ name: 'NoOwner', retryMs: 4_000 })
    await expect(desk.desk.hooks()).rejects.toMatchObject({ name: 'NoOwner' })
  })

  test('gets more incidents than one answer has, newest first', async () => {
    const store = await world.store()
    const ids = Array.from({ length: PAGE + 3 }, (_, n) => `i${n}`)
    for (const [n, id] of ids.entries()) {
      const incident = incidentOf(id, { since: n, state: 'resolved', resolvedAt: Date.now() })
      await store.put(`incident/${id}`, Buffer.from(JSON.stringify({ ...keptOf(id, []), incident })), 0)
    }
    const owner = await world.join({ hookUrl })
    const other = await world.join({ hookUrl, hasRole: false })
    await owned(owner)
    await answers(other)
    expect((await other.desk.incidents()).map(({ id }) => id)).toEqual(ids.reverse())
  })

  test('says where the owner goes by other rules, and goes by the owner’s', async () => {
    const owner = await world.join({ hookUrl })
    await owned(owner)
    const same = await world.join({ hookUrl })
    const other = await world.join({ hookUrl, rules: [{ ...RULE, below: -0.9 }] })
    for (const member of [same, other]) {
      await answers(member)
      await member.desk.compare()
    }
    expect([owner, same, other].map(({ desk }) => desk.isAtOdds)).toEqual([false, false, true])
    expect([same.warnings, other.warnings]).toEqual([[], [AT_ODDS]])
    owner.role?.replace({ rules: [{ ...RULE, below: -0.9 }], hooks: {} })
    expect(await same.desk.hooks()).toEqual([])
    expect(same.desk.isAtOdds).toBe(true)
  })

  test('is asked for the next answer by all who come while one is under way', async () => {
    const owner = await world.join({ hookUrl })
    const other = await world.join({ hookUrl, hasRole: false })
    await owned(owner)
    await answers(other)
    const first = other.desk.incidents()
    const more = Array.from({ length: 20 }, () => other.desk.incidents())
    expect(new Set([first, ...more]).size).toBe(2)
    expect(await Promise.all(more)).toEqual(Array(20).fill([]))
  })

  test('leaves out a message of the Bus that is none', async () => {
    const member = await world.join({ hookUrl, hasRole: false })
    const { bus } = await world.ports()
    const good = { owner: 'o', incident: incidentOf('i1'), at: 1 }
    const bad = ['', '{', 'null', '{"owner":"o"}', JSON.stringify({ ...good, at: 'x' })]
    const strange = JSON.stringify({ ...good, incident: { ...good.incident, state: 'bad' } })
    // Who has just begun to listen may not be known to the server yet.
    await expect
      .poll(() => {
        for (const text of [...bad, strange]) bus.publish('incident', Buffer.from(text))
        return member.warnings.length
      }, PATIENT)
      .toBeGreaterThan(5)
    expect(member.told).toEqual([])
    bus.publish('incident', Buffer.from(JSON.stringify(good)))
    await expect.poll(() => member.told, PATIENT).toEqual(['firing'])
  })
})
