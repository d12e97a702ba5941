import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Bus } from '../../aggregator/src/ports.js'
import { text, untext } from './event-log.js'

/** What every Bus does. */
export const busContract = (name: string, make: () => Promise<Bus>): void => {
  describe(name, () => {
    let bus: Bus
    beforeEach(async () => {
      bus = await make()
    })
    afterEach(() => bus.close())

    /** Collects what a subject hears, until `until` came. */
    const heard = (subject: string, until = 'end'): { messages: Promise<string[]>; stop: () => void } => {
      const messages: string[] = []
      let stop = (): void => undefined
      const done = new Promise<string[]>(resolve => {
        stop = bus.subscribe(subject, (bytes, from) => {
          if (untext(bytes) === until) resolve(messages)
          else messages.push(`${from}=${untext(bytes)}`)
        })
      })
      return { messages: done, stop }
    }

    test('delivers in order to all who listen, with the subject', async () => {
      const [one, two] = [heard('a.b'), heard('a.b')]
      for (const value of ['1', '2', '3', 'end']) bus.publish('a.b', text(value))
      expect(await one.messages).toEqual(['a.b=1', 'a.b=2', 'a.b=3'])
      expect(await two.messages).toEqual(['a.b=1', 'a.b=2', 'a.b=3'])
    })

    test('an exact subject hears itself alone; `.>` hears all below it', async () => {
      const [exact, below] = [heard('a.b'), heard('a.>')]
      for (const subject of ['a', 'ab.c', 'a.c', 'a.b.c', 'a.b']) bus.publish(subject, text('x'))
      bus.publish('a.b', text('end'))
      expect(await exact.messages).toEqual(['a.b=x'])
      expect(await below.messages).toEqual(['a.c=x', 'a.b.c=x', 'a.b=x'])
    })

    test('after unsubscribing nothing comes, and others still hear', async () => {
      const [gone, stays] = [heard('a.b'), heard('a.b')]
      let lateCalls = 0
      gone.messages.then(() => lateCalls++)
      gone.stop()
      gone.stop()
      bus.publish('a.b', text('end'))
      await stays.messages
      expect(lateCalls).toBe(0)
    })

    test('the publisher may reuse its bytes at once', async () => {
      const listening = heard('a.b')
      const bytes = text('x')
      bus.publish('a.b', bytes)
      bytes.fill(0)
      bus.publish('a.b', text('end'))
      expect(await listening.messages).toEqual(['a.b=x'])
    })

    test('a listener that publishes keeps the order for others', async () => {
      bus.subscribe('a.b', bytes => {
        if (untext(bytes) === '1') bus.publish('a.b', text('end'))
      })
      const listening = heard('a.b')
      bus.publish('a.b', text('1'))
      bus.publish('a.b', text('2'))
      expect(await listening.messages).toEqual(['a.b=1', 'a.b=2'])
    })

    test('a listener that throws takes nothing from the others', async () => {
      bus.subscribe('a.b', () => {
        throw new Error('a bad listener')
      })
      const listening = heard('a.b')
      bus.publish('a.b', text('1'))
      bus.publish('a.b', text('end'))
      expect(await listening.messages).toEqual(['a.b=1'])
    })
  })
}
