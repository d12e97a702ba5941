/**
 * Stands in for the client until its file has come: holds the calls, each with its time. It is made to be copied into a
 * page or into a file of the page's own. It holds HELD_EVENTS calls; what is called beyond is dropped. A promise that it
 * gives settles with the result of the call, after CLOSE_MS at the latest: no page waits for a file that doesn't come.
 */
// biome-ignore-all lint/suspicious/noAssignInExpressions: every byte counts
import { CLOSE_MS, HELD_EVENTS } from '../limits.js'
import type { Call } from './queue.js'

declare const window: { pulse: unknown }

{
  const stub: Call[] & Record<string, unknown> = (window.pulse = [] as never)
  for (const name of 'enter leave goal feedback signal link send on flush close consent'.split(' ')) {
    stub[name] = (...args: unknown[]) => {
      const call: Call = [name, args, Date.now()]
      const result =
        name === 'on' ? () => (call[0] = call[3]?.()) : new Promise(done => setTimeout((call[3] = done), CLOSE_MS))
      if (!stub[HELD_EVENTS - 1]) stub.push(call)
      return result
    }
  }
}
