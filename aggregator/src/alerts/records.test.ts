import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { INCIDENT_MEMORY_MS, INCIDENTS } from './limits.js'
import { Records } from './records.js'
import { incidentOf, keptOf, messageOf, NOW } from './testing/incidents.js'
import { MemoryStore } from './testing/memory-store.js'

const logger = pino({ level: 'silent' })
const resolved = (id: string, resolvedAt: number) => ({
  ...keptOf(id, []),
  incident: incidentOf(id, { state: 'resolved', resolvedAt }),
})

describe('the records of incidents', () => {
  test('are there again, with what is still to be told', async () => {
    const store = new MemoryStore()
    const records = await Records.open(store, logger)
    await records.put(keptOf('i1', [messageOf('m1')]))
    expect([...(await Records.open(store, logger)).all()]).toEqual([keptOf('i1', [messageOf('m1')])])
  })

  test('one that can not be read is left alone', async () => {
    const store = new MemoryStore()
    store.values.set('incident/x', Buffer.from('{"incident":'))
    store.values.set('incident/y', Buffer.from('{"incident":{}}'))
    expect([...(await Records.open(store, logger)).all()]).toEqual([])
    expect(store.values.size).toBe(2)
  })

  test('writes of one follow each other, and the last one stays', async () => {
    const store = new MemoryStore()
    const records = await Records.open(store, logger)
    const writes = ['a', 'b', 'c'].map(name => records.put(keptOf('i1', [messageOf(name)])))
    expect(records.isDurable('i1')).toBe(false)
    await Promise.all(writes)
    expect(records.isDurable('i1')).toBe(true)
    expect([...(await Records.open(store, logger)).all()]).toEqual([keptOf('i1', [messageOf('c')])])
  })

  test('are so many and no more: the oldest that is resolved goes first', async () => {
    const store = new MemoryStore()
    const records = await Records.open(store, logger)
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
    const records = await Records.open(store, logger)
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
    const records = await Records.open(store, logger)
    store.isFull = true
    expect(await records.put(keptOf('i1', []))).toBe(false)
    expect([records.isDurable('i1'), await records.retry()]).toEqual([false, []])
    store.isFull = false
    expect(await records.retry()).toEqual(['i1'])
    expect([records.isDurable('i1'), await records.retry()]).toEqual([true, []])
  })
})
