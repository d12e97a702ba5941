import { HELD_EVENTS } from '../limits.js'

/**
 * What the stub holds of a call: its name, arguments and time, and what takes its result; of `on`: what unsubscribes.
 * Without a name it was taken back.
 */
export type Call = [name: unknown, args: unknown[], at: number, settle?: (result?: unknown) => unknown]

/**
 * Carries out what the stub holds, in order, and from now on at once what is called through functions of the stub that
 * the page has kept. `callAt` makes a call as if at that time.
 */
export const replay = (stub: Call[], client: object, callAt: (at: number, call: () => unknown) => unknown): void => {
  const run = (call: Call): number => {
    const [name, args, at, settle] = call
    try {
      const method = (client as Record<string, (...args: unknown[]) => unknown>)[name as string]
      const result = method && callAt(at, () => method(...args))
      if (settle) settle(result)
      else call[3] = result as () => void
    } catch (error) {
      console.error(error)
    }
    return 0
  }
  for (const call of stub.splice(0, HELD_EVENTS)) run(call)
  stub.push = run
}
