import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { parseConfig } from '../../aggregator/src/config/index.js'
import { root } from '../package/pack.js'
import { serve } from '../package/serve.js'
import type { Block } from './blocks.js'
import { visitsOf, type World } from './world.js'

/** A file that the documents speak of and don't show. */
const EVENTS = '{"visitor":"v-1","stream":"s","seq":0,"at":1763800000000,"kind":"enter","touchpoint":"home"}\n'

const runLine = async (line: string, world: World): Promise<void> => {
  const { consumer, env } = world
  const script = /^npm (?:run )?([\w:]+)/.exec(line)?.[1]
  if (script !== undefined) {
    expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts, line).toHaveProperty(script)
    return
  }
  if (line.startsWith('pulssi serve')) {
    const server = await serve(consumer, ...line.split(' ').slice(2), '--port', '0')
    expect((await fetch(`${server.url}/healthz`)).status, line).toBe(200)
    expect(await server.end(), line).toBe(0)
    return
  }
  const { stdout } = await promisify(execFile)('sh', ['-c', world.here(line)], { cwd: consumer.folder, env })
  expect(stdout, line).not.toContain('"error"')
}

/** Line after line, as somebody would type them. */
export const runShell = async ({ text }: Block, world: World): Promise<void> => {
  world.consumer.write('events.ndjson', EVENTS)
  for (const line of text.replaceAll('\\\n', '').trim().split('\n')) await runLine(line, world)
  const sent = /"touchpoint":"(phone\.queue)"/.exec(text)?.[1]
  if (sent !== undefined) expect((await visitsOf(world, sent)).entered).toBe(1)
}

/** The server would take it. */
export const runConfiguration = async ({ text }: Block, { env }: World): Promise<void> => {
  const { project } = parseConfig(JSON.parse(text), 'the block', env)
  expect(project).toBe('shop')
}
