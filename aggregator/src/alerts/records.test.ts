import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { Fenced } from '../ports.js'
import { INCIDENT_MEMORY_MS, INCIDENTS } from './limits.js'
import { Records } from './records.js'
import { incidentOf, keptOf, messageOf, NOW } from './testing/incidents.js'
import { MemoryStore } from './testing/memory-store.js'
import { PassingTenure } from './testing/passing-tenure.js'

const logger = pino({ level: 'silent' })
const resolved = (id: string, resolvedAt: number) => ({
  ...keptOf(id, []),
  incident: incidentOf(id, { state: 'resolved', resolvedAt }),
})

describe('the records of incidents', () => {
  test('are there again, with what is still to be told', async () => {
    const store = new MemoryStore()
    const records = await Records.open({ store, logger })
    await records.put(keptOf('i1', [messageOf('m1')]))
    expect([...(await Records.open({ store, logger })).all()]).toEqual([keptOf('i1', [messageOf('m1')])])
  })

  test('one that can not be read is left alone', async () => {
    const store = new MemoryStore()
    store.place('incident/x', '{"incident":')
    store.place('incident/y', '{"incident":{}}')
    expect([...(await Records.open({ store, logger })).all()]).toEqual([])
    expect(store.values.size).toBe(2)
  })

  test('writes of one follow each other, and the last one stays', async () => {
    const store = new MemoryStore()
    const records = await Records.open({ store, logger })
    const writes = ['a', 'b', 'c'].map(name => records.put(keptOf('i1', [messageOf(name)])))
    expect(records.isDurable('i1')).toBe(false)
    await Promise.all(writes)
    expect(records.isDurable('i1')).toBe(true)
    expect([...(await Records.open({ store, logger })).all()]).toEqual([keptOf('i1', [messageOf('c')])])
  })

  test('are so many and no more: the oldest that is resolved goes first', async () => {
    const store = new MemoryStore()
    const records = await Records.open({ store, logger })
    await Promise.all(Array.from({ length: INCIDENTS - 2 }, (_, n) => records.put(keptOf(`open${n}`, []))))
    await records.put(resolved('younger', NOW + 2))
    await records.put({ ...resolved('older', NOW + 1), outbox: [messageOf('m')] })
    await records.put(keptOf('new', []))
    await records.settled()
    expect([records.get('older'), records.get('younger')?.incident.id, records.dropped]).toEqual([
      undefined,
      'younger',
      1,
    ])
    expect(store.values.size).toBe(INCIDENTS)
  })

  test('are forgotten long after they were resolved', async () => {
    const store = new MemoryStore()
    const records = await Records.open({ store, logger })
    await records.put(resolved('old', NOW))
    await records.put(keptOf('open', []))
    records.expire(NOW + INCIDENT_MEMORY_MS)
    expect(records.get('old')).toBeDefined()
    records.expire(NOW + INCIDENT_MEMORY_MS + 1)
    await records.settled()
    expect([...store.values.keys()]).toEqual(['incident/open'])
  })

  test('a full disk forgets nothing in memory, and is tried again', async () => {
    const store = new MemoryStore()
    const records = await Records.open({ store, logger })
    store.isFull = true
    expect(await records.put(keptOf('i1', []))).toBe(false)
    expect([records.isDurable('i1'), await records.retry()]).toEqual([false, []])
    store.isFull = false
    expect(await records.retry()).toEqual(['i1'])
    expect([records.isDurable('i1'), await records.retry()]).toEqual([true, []])
  })
})

describe('records that another owner has changed', () => {
  const setUp = async () => {
    const store = new MemoryStore()
    const tenure = new PassingTenure()
    const fenced: Fenced[] = []
    const records = await Records.open({ store, logger, tenure, onFenced: error => fenced.push(error) })
    await records.put(keptOf('i1', []))
    return { store, tenure, records, fenced }
  }
  const OTHERS = JSON.stringify(keptOf('i1', [messageOf('theirs')]))

  test('are over: what is there stays, and nothing is written any more', async () => {
    const { store, records, fenced } = await setUp()
    store.place('incident/i1', OTHERS)
    await expect(records.put(keptOf('i1', [messageOf('ours')]))).rejects.toThrow(Fenced)
    await expect(records.put(keptOf('i2', []))).rejects.toThrow(Fenced)
    expect(() => records.requireOwned()).toThrow(Fenced)
    expect([fenced.length, records.isDurable('i1')]).toEqual([1, false])
    expect([...store.values].map(([key, value]) => [key, Buffer.from(value).toString()])).toEqual([
      ['incident/i1', OTHERS],
    ])
  })

  test('are over where one was added under a new name, or taken away', async () => {
    for (const change of [
      (store: MemoryStore) => store.place('incident/i2', OTHERS),
      (store: MemoryStore) => store.delete('incident/i1'),
    ]) {
      const { store, records } = await setUp()
      await change(store)
      const writes = await Promise.allSettled([records.put(keptOf('i2', [])), records.put(keptOf('i1', []))])
      expect(writes.map(({ status }) => status)).toContain('rejected')
    }
  })

  test('are over with the tenure, before anybody has told', async () => {
    const { store, tenure, records, fenced } = await setUp()
    tenure.isHeld = false
    await expect(records.put(keptOf('i1', [messageOf('late')]))).rejects.toThrow(Fenced)
    records.expire(NOW + 2 * INCIDENT_MEMORY_MS)
    await records.settled()
    expect([fenced.length, store.values.size]).toEqual([1, 1])
    expect([...(await Records.open({ store, logger })).all()]).toEqual([keptOf('i1', [])])
  })

  test('are over where a survey finds what came late, and only then', async () => {
    const damaged = new MemoryStore()
    damaged.place('incident/x', '{')
    const alone = await Records.open({ store: damaged, logger })
    await alone.put(keptOf('i1', [messageOf('a')]))
    const writing = alone.put(keptOf('i2', []))
    await alone.survey()
    await writing
    damaged.losesAnswers = true
    await alone.put(keptOf('i1', []))
    await alone.survey()
    for (const late of ['i1', 'i2']) {
      const { store, records, fenced } = await setUp()
      store.place(`incident/${late}`, OTHERS)
      await expect(records.survey(), late).rejects.toThrow(Fenced)
      expect(fenced).toHaveLength(1)
    }
  })

  test('are not meant by an own write whose answer got lost', async () => {
    const { store, records, fenced } = await setUp()
    store.losesAnswers = true
    expect(await records.put(keptOf('i1', [messageOf('a')]))).toBe(false)
    expect(await records.put(keptOf('i2', [messageOf('a')]))).toBe(false)
    store.losesAnswers = false
    expect(await records.put(keptOf('i1', [messageOf('b')]))).toBe(true)
    expect(await records.retry()).toEqual(['i2'])
    expect(fenced).toEqual([])
    expect([...(await Records.open({ store, logger })).all()]).toEqual([...records.all()])
  })
})
