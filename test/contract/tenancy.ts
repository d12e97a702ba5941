import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { describe as described, Tenancy } from '../../aggregator/src/cluster/index.js'
import { createLogger } from '../../aggregator/src/logger.js'
import { type Bus, type Store, systemClock, type Tenure } from '../../aggregator/src/ports.js'

/** How long a condition may take on a machine that is busy. */
const PATIENT = { timeout: 30_000, interval: 10 }
const NAMES = Array.from({ length: 7 }, (_, i) => `partition/${i}`)
const logger = createLogger('silent', { write: () => undefined })

/** The ports of one process; `open` once for each member that takes part. */
export interface TenancyHarness {
  open(): Promise<{ readonly store: Store; readonly bus: Bus }>
  dispose(): Promise<void>
}

interface Member {
  readonly tenancy: Tenancy
  readonly tenures: Tenure[]
  readonly left: string[]
  /** From now on no timer of it runs, as in a process that was killed or stopped. */
  freeze(): void
}

/** Rules of leases that hold whatever the Store: members in one process, each with a way of its own to the Store. */
export const tenancyContract = (name: string, make: () => Promise<TenancyHarness>): void => {
  describe(`Tenancy on ${name}`, () => {
    let harness: TenancyHarness
    let members: Member[] = []
    afterEach(async () => {
      for (const { tenancy } of members) await tenancy.close()
      members = []
      await harness.dispose()
    })

    const join = async (): Promise<Member> => {
      const tenures: Tenure[] = []
      const left: string[] = []
      let isFrozen = false
      const tenancy = await Tenancy.open({
        ...(await harness.open()),
        ...{ clock: systemClock, logger, role: 'worker', owner: randomUUID(), names: NAMES },
        onTake: async tenure => void tenures.push(tenure),
        onLeave: async (tenure, why) => void left.push(`${tenure.name} ${why}`),
        after: (delayMs, run) => {
          const timer = setTimeout(() => !isFrozen && run(), Math.ceil(Math.max(0, delayMs)))
          return () => clearTimeout(timer)
        },
      })
      const freeze = (): void => {
        isFrozen = true
      }
      const member = { tenancy, tenures, left, freeze }
      members.push(member)
      return member
    }
    const held = (...of: Member[]): string[] => of.flatMap(({ tenancy }) => tenancy.held.map(one => one.name)).sort()
    const counts = (): number[] => members.map(member => held(member).length)

    test('two share all names, none of which both hold, and a third gets its share', async () => {
      harness = await make()
      const one = await join()
      await expect.poll(() => held(one), PATIENT).toEqual(NAMES)
      const two = await join()
      await expect.poll(() => [held(one, two), counts()], PATIENT).toEqual([NAMES, [4, 3]])
      await join()
      await expect.poll(() => [held(...members), counts()], PATIENT).toEqual([NAMES, [3, 3, 1]])
      const epochs = members.flatMap(({ tenures }) => tenures.map(({ name, epoch }) => `${name} ${epoch}`))
      expect(new Set(epochs).size).toBe(epochs.length)
      expect(members.map(({ tenancy }) => tenancy.figures.lost)).toEqual([0, 0, 0])
    })

    test('what a drained member held is with others before the drain is long over', async () => {
      harness = await make()
      const [one, two] = [await join(), await join()]
      await expect.poll(() => [held(...members), counts().sort()], PATIENT).toEqual([NAMES, [3, 4]])
      const before = held(one)
      await one.tenancy.drain()
      expect(held(one)).toEqual([])
      expect(one.left.filter(line => line.endsWith('drained'))).toHaveLength(before.length)
      await expect.poll(() => held(two), PATIENT).toEqual(NAMES)
      await expect.poll(() => two.tenancy.members, PATIENT).toBe(1)
      expect(two.tenancy.figures).toMatchObject({ takenOver: 0, lost: 0 })
    })

    test('what a killed member held goes to the others, in a later epoch, once it believes in it no more', async () => {
      harness = await make()
      const [one, two, three] = [await join(), await join(), await join()]
      await expect.poll(() => held(...members), PATIENT).toEqual(NAMES)
      await expect.poll(() => Math.max(...counts()), PATIENT).toBe(3)
      const lost = one.tenures.filter(({ isHeld }) => isHeld)
      one.freeze()
      await expect
        .poll(() => {
          const now = held(...members)
          expect(new Set(now).size).toBe(now.length)
          return held(two, three)
        }, PATIENT)
        .toEqual(NAMES)
      for (const tenure of lost) {
        expect(tenure.isHeld).toBe(false)
        const next = [...two.tenures, ...three.tenures].find(({ name, isHeld }) => name === tenure.name && isHeld)
        expect(next?.epoch).toBe(tenure.epoch + 1)
      }
      expect(two.tenancy.figures.takenOver + three.tenancy.figures.takenOver).toBe(lost.length)
    })

    test('who holds what stands in the Store', async () => {
      harness = await make()
      const one = await join()
      await expect.poll(() => held(one), PATIENT).toEqual(NAMES)
      const { store } = await harness.open()
      const view = await described(store, 'worker')
      expect(view.leases.map(({ name, epoch }) => [name, epoch])).toEqual(NAMES.map(each => [each, 1]))
      expect(view.members.map(({ holds }) => holds)).toEqual([NAMES])
    })
  })
}
