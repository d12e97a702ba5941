import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Frontier } from './frontier.js'

const FOREVER_MS = 60_000

test('every answer holds what was durable when it was asked for, with one question under way at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }), async steps => {
      let last = 0
      let open = 0
      let most = 0
      const answering: (() => void)[] = []
      const bounds = (): Promise<{ first: number; last: number }> => {
        most = Math.max(most, ++open)
        const answer = { first: 1, last }
        return new Promise(resolve => {
          answering.push(() => {
            open--
            resolve(answer)
          })
        })
      }
      const frontier = new Frontier({ partitions: 1, bounds })
      const asked: Promise<void>[] = []
      for (const step of steps) {
        if (step === 0) last++
        if (step === 1) answering.shift()?.()
        if (step === 2) await Promise.resolve()
        if (step === 3) {
          const durable = last
          asked.push(frontier.ask(FOREVER_MS).then(found => expect(found?.[0]).toBeGreaterThanOrEqual(durable)))
        }
      }
      let isOver = false
      const all = Promise.all(asked).then(() => {
        isOver = true
      })
      while (!isOver) {
        answering.shift()?.()
        await new Promise(setImmediate)
      }
      await all
      expect(most).toBeLessThanOrEqual(1)
    }),
  )
})

test('a question that failed fails nobody who asks later', async () => {
  let asked = 0
  const bounds = async (): Promise<{ first: number; last: number }> => {
    if (++asked <= 2) throw new Error('no server')
    return { first: 1, last: 7 }
  }
  const frontier = new Frontier({ partitions: 2, bounds })
  const [first, second] = [frontier.ask(FOREVER_MS), frontier.ask(FOREVER_MS)]
  expect(await first).toBe(null)
  expect(await second).toEqual([7, 7])
})

test('nobody waits longer than they said', async () => {
  const frontier = new Frontier({ partitions: 1, bounds: () => new Promise(() => {}) })
  expect(await frontier.ask(1)).toBe(null)
  expect(await frontier.ask(1)).toBe(null)
})
