/** One process keeps the alerts, and what it has begun another one goes on with. */
import type { Incident } from '@pulssi/protocol/client'
import { afterAll, test as base, beforeAll, createExpect, describe, type ExpectStatic } from 'vitest'
import { readAll } from '../../aggregator/src/alerts/index.js'
import { Receiver, status, verified } from '../e2e/receiver.js'
import { type Member, NOW } from './alerts-member.js'
import { World } from './alerts-worlds.js'
import { NatsServer } from './nats-server.js'

const PATIENT = { timeout: 30_000 }

let server: NatsServer
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())

/** `expect`: the test's own, since others run beside it. */
const lookInto = (world: World, expect: ExpectStatic) => {
  const stored = async () => (await readAll(await world.store(), () => undefined)).map(({ kept }) => kept)
  return {
    stored,
    owned: (member: Member) => expect.poll(() => member.isOwner, PATIENT).toBe(true),
    state: (member: Member) =>
      expect.poll(async () => (await member.desk.incidents()).map((incident: Incident) => incident.state), PATIENT),
    /** Resolves once nothing is left to be told. */
    delivered: () => expect.poll(async () => (await stored()).map(({ outbox }) => outbox), PATIENT).toEqual([[]]),
    /** Lets time pass for a member, as its board sees it, until the incident has ended. */
    ended: async (member: Member): Promise<void> => {
      let at = NOW + 3_000
      const look = async () => {
        at += 1_000
        await member.scene.tick(at)
        return (await stored())[0]?.incident.state
      }
      await expect.poll(look, { ...PATIENT, interval: 200 }).toBe('resolved')
    },
  }
}

// At the same time, since all of them wait for leases to run out.
describe.concurrent.each([
  ['in memory', () => World.inMemory()],
  ['on NATS', () => World.onNats(server)],
] as const)('owners of the alerts %s', (_, open) => {
  const test = base.extend<{ world: World; seen: ReturnType<typeof lookInto> }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads off the pattern what a fixture needs
    world: async ({}, use) => {
      const world = open()
      await use(world)
      await world.close()
    },
    seen: ({ world, task }, use) => use(lookInto(world, createExpect(task))),
  })

  test('one that is killed between firing and delivery: the next one delivers, under the same id', async ({
    world,
    seen,
    expect,
  }) => {
    const { stored, owned, delivered } = seen
    const [silent, receiver] = [await Receiver.open(), await Receiver.open()]
    silent.answers = [() => undefined]
    const first = await world.join({ hookUrl: silent.url })
    await owned(first)
    const second = await world.join({ hookUrl: receiver.url })
    await first.hear(1, 1)
    await silent.hear(1)
    const [kept] = await stored()
    await first.kill()
    await owned(second)
    await second.hear(1, 2)
    const [heard] = await receiver.hear(1)
    expect(heard?.id).toBe(kept?.outbox[0]?.id)
    expect(heard && verified(heard).data.id).toBe(kept?.incident.id)
    await delivered()
    expect(second.desk.figures).toMatchObject({ open: 1, delivered: 1 })
  })

  test('one that stood still for longer than its lease wakes up, sends nothing and writes nothing', async ({
    world,
    seen,
    expect,
  }) => {
    const { stored, owned, delivered } = seen
    const receiver = await Receiver.open()
    const first = await world.join({ hookUrl: receiver.url })
    await owned(first)
    await first.hear(1, 1)
    await receiver.hear(1)
    const alerts = first.role?.own
    const second = await world.join({ hookUrl: receiver.url })
    await second.hear(1, 2)
    first.timers.pause()
    await owned(second)
    expect([alerts !== null, first.isOwner]).toEqual([true, false])
    const [incident] = await second.desk.incidents()
    await second.desk.acknowledge(incident?.id ?? '')
    await delivered()
    const before = await stored()
    // The one that stood still would answer too, and sooner.
    const asker = await world.join({ hookUrl: receiver.url, hasRole: false })
    const hooks = () =>
      asker.desk.hooks().then(
        all => all.length,
        () => 0,
      )
    await expect.poll(hooks, PATIENT).toBe(1)
    expect((await asker.desk.incidents()).map(one => one.state)).toEqual(['acknowledged'])
    // All is well again, as the one that stood still sees it: it would end the incident, and tell so.
    await first.hear(5, 2)
    for (let look = 3; look < 6; look++) {
      await first.scene.tick(NOW + look * 1_000)
      await alerts?.look()
    }
    await expect(alerts?.acknowledge(incident?.id ?? '')).rejects.toThrow('no longer owns')
    first.timers.goOn()
    await expect.poll(() => first.role?.figures?.lost, PATIENT).toBe(1)
    await alerts?.look()
    expect(await stored()).toEqual(before)
    expect(receiver.heard.map(one => verified(one).type)).toEqual(['incident.firing', 'incident.acknowledged'])
    expect(first.told).not.toContain('resolved')
  })

  test('the schedule goes on, and messages of an incident stay in their order', async ({ world, seen, expect }) => {
    const { stored, owned } = seen
    const receiver = await Receiver.open()
    receiver.answers = [status(500)]
    const delaysMs = [0, 4_000, 1, 1]
    const first = await world.join({ hookUrl: receiver.url, delaysMs })
    await owned(first)
    const second = await world.join({ hookUrl: receiver.url, delaysMs })
    await first.hear(1, 1)
    await expect.poll(async () => (await stored())[0]?.outbox[0]?.attempts, PATIENT).toBe(1)
    const [incident] = await first.desk.incidents()
    await first.desk.acknowledge(incident?.id ?? '')
    await first.kill()
    await owned(second)
    await second.hear(1, 2)
    const heard = await receiver.hear(3)
    expect(heard.map(one => verified(one).type)).toEqual([
      'incident.firing',
      'incident.firing',
      'incident.acknowledged',
    ])
    expect([heard[1]?.id === heard[0]?.id, heard[1]?.body === heard[0]?.body]).toEqual([true, true])
    const [early = 0, late = 0] = heard.map(({ headers }) => Number(headers['webhook-timestamp']))
    expect(late - early).toBeGreaterThanOrEqual(3)
  })

  test('one that gives them back is followed at once, and the incident goes on as it is', async ({
    world,
    seen,
    expect,
  }) => {
    const { stored, owned, state, delivered, ended } = seen
    const receiver = await Receiver.open()
    const first = await world.join({ hookUrl: receiver.url })
    await owned(first)
    const second = await world.join({ hookUrl: receiver.url })
    await first.hear(1, 1)
    await delivered()
    await first.role?.drain()
    await owned(second)
    await second.hear(1, 2)
    await state(second).toEqual(['firing'])
    expect([first.isOwner, second.told, receiver.heard.length]).toEqual([false, ['firing'], 1])
    await second.hear(5, 3)
    await ended(second)
    await receiver.hear(2)
    expect(receiver.heard.map(one => verified(one).data.id)).toEqual(Array(2).fill((await stored())[0]?.incident.id))
  })

  test('one that finds what an earlier one wrote too late reads all anew, and goes on', async ({
    world,
    seen,
    expect,
  }) => {
    const { stored, owned, delivered, ended } = seen
    const receiver = await Receiver.open()
    const member = await world.join({ hookUrl: receiver.url })
    await owned(member)
    await member.hear(1, 1)
    await delivered()
    const [kept] = await stored()
    const id = kept?.incident.id ?? ''
    const late = { ...kept, incident: { ...kept?.incident, state: 'acknowledged', acknowledgedAt: 1 } }
    await (await world.store()).put(`incident/${id}`, Buffer.from(JSON.stringify(late)), null)
    await member.hear(5, 2)
    await ended(member)
    await receiver.hear(2)
    expect((await stored())[0]?.incident).toMatchObject({ state: 'resolved', acknowledgedAt: 1 })
    expect(member.isOwner).toBe(true)
  })
})
