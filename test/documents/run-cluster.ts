import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { readCompose, secrets } from '../deploy/files.js'
import { startNodes } from '../deploy/nodes.js'
import { root } from '../package/pack.js'
import { saidBy } from '../package/said.js'
import type { Block } from './blocks.js'
import type { World } from './world.js'

const COMPOSE = ['build', 'up', 'ps']
const STARTED = /listening on http|serving as /
const WRITTEN_NODE = /nats-[123]:4222/g

/** There is no engine of containers here: what the line names must be there. */
const readDocker = (line: string): void => {
  const [, , command = '', ...words] = line.split(' ')
  expect(COMPOSE, line).toContain(command)
  for (const word of words.filter(one => !one.startsWith('--'))) expect(readCompose().services).toHaveProperty(word)
}

/** The configuration that the document shows, for these nodes. */
const configuration = (addresses: readonly string[]): string => {
  const document = readFileSync(join(root, 'docs/CLUSTER.md'), 'utf8')
  const [, text = ''] = /```json\n([\s\S]*?)```/.exec(document) ?? []
  return text.replace(WRITTEN_NODE, found => addresses[Number(found.charAt('nats-'.length)) - 1] ?? '')
}

/** Line after line, with a real cluster of NATS; what serves goes on until the last line is done. */
export const runCluster = async ({ text }: Block, { consumer, env: around }: World): Promise<void> => {
  const lines = text.trim().split('\n')
  const folder = join(consumer.folder, 'cluster')
  mkdirSync(folder, { recursive: true })
  const nodes = lines.some(line => line.startsWith('pulssi')) ? await startNodes() : []
  const addresses = nodes.map(({ address }) => address)
  const env = { ...around, ...secrets() }
  writeFileSync(join(folder, 'pulssi.config.json'), configuration(addresses))
  const serving: ChildProcess[] = []
  for (const line of lines) {
    const [program = '', ...words] = line.split(' ')
    if (program === 'docker') readDocker(line)
    else if (program !== 'pulssi')
      expect(existsSync(join(root, 'examples/deploy', words[0]?.replace('examples/deploy', '') ?? '')), line).toBe(true)
    else if (words[0] === 'serve') {
      const child = spawn(consumer.pulssi, [...words, '--port', '0', '--log-level', 'error'], { cwd: folder, env })
      serving.push(child)
      await saidBy(child, STARTED)
    } else {
      const there = words.map(word => word.replace(WRITTEN_NODE, addresses[0] ?? ''))
      await promisify(execFile)(consumer.pulssi, there, { cwd: folder, env })
    }
  }
  for (const child of serving) {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect((await exited)[0]).toBe(0)
  }
}
