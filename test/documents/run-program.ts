import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import { saidBy } from '../package/said.js'
import type { Block } from './blocks.js'
import { visitsOf, type World } from './world.js'

const start = (text: string, { consumer, env, here }: World): ChildProcess => {
  const file = consumer.write('block.mjs', here(text))
  return spawn(process.execPath, [file], { cwd: consumer.folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** It ends well, prints this, and what it sends is counted at `touchpoint`. */
export const runProgram =
  (prints: RegExp, touchpoint?: string) =>
  async ({ text }: Block, world: World): Promise<void> => {
    const before = touchpoint === undefined ? 0 : (await visitsOf(world, touchpoint)).entered
    const child = start(text, world)
    let said = ''
    child.stdout?.on('data', chunk => {
      said += chunk
    })
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
    expect(said).toMatch(prints)
    if (touchpoint === undefined) return
    expect((await visitsOf(world, touchpoint)).entered).toBe(before + 1)
  }

/** It prints the figures of the journey, and goes on until it is ended. */
export const runSubscriber = async ({ text }: Block, world: World): Promise<void> => {
  const child = start(text, world)
  try {
    await saidBy(child, /^~journey \d+ /m)
  } finally {
    child.kill()
  }
}
