import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Overloaded } from '../../aggregator/src/ports.js'
import { text } from './event-log.js'
import { contentsOf, LogFolder } from './log-folder.js'

let at: LogFolder

beforeEach(() => {
  at = new LogFolder()
})
afterEach(() => at.dispose())

describe('a disk that refuses', () => {
  test.each(['write', 'sync'] as const)('a failed %s refuses with a hint, and the next append goes on', async fault => {
    const log = await at.open()
    await log.append(0, text('a'))
    at.disk.failNext(fault)
    const refused = await Promise.allSettled([log.append(0, text('lost 1')), log.append(0, text('lost 2'))])
    for (const result of refused) {
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'Overloaded' } })
      expect((result as PromiseRejectedResult).reason.retryMs).toBeGreaterThan(0)
    }
    expect(await log.append(0, text('b'))).toBe(2)
    expect(await contentsOf(log)).toEqual(['a', 'b'])
    await log.close()
    expect(await contentsOf(await at.open())).toEqual(['a', 'b'])
  })

  test('what was refused never comes back, though all of it reached the disk', async () => {
    const log = await at.open()
    await log.append(0, text('a'))
    at.disk.failNext('sync')
    await Promise.allSettled([log.append(0, text('lost 1')), log.append(0, text('lost 2'))])
    expect(await log.append(0, text('next 1'))).toBe(2)
    await at.kill()
    expect(await contentsOf(await at.open())).toEqual(['a', 'next 1'])
  })

  test.each(['write', 'sync'] as const)('a mark whose %s fails refuses what comes, until it is mended', async fault => {
    const log = await at.open()
    await log.append(0, text('a'))
    at.disk.where = 'durable'
    at.disk.failing.add(fault)
    const values = Array.from({ length: 100 }, (_, i) => `b ${i}`)
    const kept = ['a']
    for (const value of values) {
      const took = await log.append(0, text(value)).catch((error: unknown) => error)
      if (typeof took === 'number') kept.push(value)
      else expect(took).toBeInstanceOf(Overloaded)
    }
    expect(kept.length).toBeLessThan(values.length)
    expect(await contentsOf(log)).toEqual(kept)
    at.disk.failing.clear()
    await log.append(0, text('c'))
    expect(await contentsOf(log)).toEqual([...kept, 'c'])
    await at.kill()
    expect(await contentsOf(await at.open())).toEqual([...kept, 'c'])
  })

  test('while it can’t even be mended everything is refused; then it goes on without a restart', async () => {
    const log = await at.open()
    await log.append(0, text('a'))
    at.disk.failing.add('sync').add('truncate')
    for (let i = 0; i < 3; i++) await expect(log.append(0, text('lost'))).rejects.toBeInstanceOf(Overloaded)
    at.disk.failing.clear()
    at.disk.failNext('open')
    await expect(log.append(0, text('lost'))).rejects.toThrow(/no space left/)
    expect(await log.append(0, text('b'))).toBe(2)
    expect(await contentsOf(log)).toEqual(['a', 'b'])
  })

  test('a segment that can’t be begun refuses, and is begun by a later append', async () => {
    const log = await at.open(64)
    await log.append(0, text('x'.repeat(100)))
    at.disk.failNext('open')
    await expect(log.append(0, text('lost'))).rejects.toBeInstanceOf(Overloaded)
    expect(await log.append(0, text('b'))).toBe(2)
    expect(at.segments).toHaveLength(2)
    expect((await contentsOf(log))[1]).toBe('b')
  })

  test('a disk that takes a few bytes at a time gets all of them', async () => {
    at.disk.writeBytes = 7
    const log = await at.open()
    await Promise.all(['one', 'two', 'three'].map(value => log.append(0, text(value))))
    await log.close()
    expect(await contentsOf(await at.open())).toEqual(['one', 'two', 'three'])
  })

  test('a disk that takes nothing refuses', async () => {
    const log = await at.open()
    at.disk.writeBytes = 0
    await expect(log.append(0, text('a'))).rejects.toThrow(/took 0 of/)
    at.disk.writeBytes = 100
    expect(await log.append(0, text('b'))).toBe(1)
  })

  test('while a sync never ends nothing resolves and nothing is read, and the queue stays bounded', async () => {
    const log = await at.open()
    await log.append(0, text('a'))
    at.disk.failing.add('hang')
    let settled = 0
    const waiting = Array.from({ length: 21 }, () => log.append(0, new Uint8Array(3_000)).finally(() => settled++))
    const beyond = await Promise.allSettled(Array.from({ length: 20 }, () => log.append(0, new Uint8Array(3_000))))
    expect(beyond.filter(({ status }) => status === 'rejected').length).toBe(20)
    expect(settled).toBe(0)
    expect(await log.bounds(0)).toEqual({ first: 1, last: 1 })
    at.disk.release()
    expect(await Promise.all(waiting)).toEqual(waiting.map((_, i) => i + 2))
  })
})
