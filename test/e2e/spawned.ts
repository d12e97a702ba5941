/** The built server as a process of its own, for tests that kill it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { RunningServer } from '@pulssi/aggregator'
import { onTestFinished } from 'vitest'

/** `program`: a file of this folder; each of `given` is an argument, as JSON. Rejects where the server ends at once. */
export const spawnServer = async (
  program: 'child.mjs' | 'hooks-child.mjs',
  ...given: readonly unknown[]
): Promise<[RunningServer, ChildProcess]> => {
  const file = fileURLToPath(new URL(program, import.meta.url))
  const args = given.map(each => JSON.stringify(each))
  const child = fork(file, args, { execArgv: [] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [told] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with code ${code}`)
    }),
  ])
  return [told as RunningServer, child]
}

export const killServer = async (child: ChildProcess): Promise<void> => {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
