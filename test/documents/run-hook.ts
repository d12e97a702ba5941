import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Webhook } from 'standardwebhooks'
import { expect } from 'vitest'
import { root } from '../package/pack.js'
import type { Block } from './blocks.js'
import type { World } from './world.js'

const WRITTEN_PORT = '8790'

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** The receiver takes what the library signs, and prints it; what somebody else signs it refuses. */
export const runCreatedHook = async ({ text }: Block, world: World): Promise<void> => {
  const { env } = world
  const port = await freePort()
  // The library is a package of this repository: a receiver is nobody's part but its own.
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: join(root, 'test'),
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(text.replace(WRITTEN_PORT, `${port}, '127.0.0.1'`))
  let said = ''
  child.stdout.on('data', chunk => {
    said += chunk
  })
  const { OPS_HOOK_SECRET = '' } = env
  const body = JSON.stringify({ type: 'incident.firing', data: { touchpoint: 'checkout.payment' } })
  const post = async (secret: string): Promise<number> => {
    const at = new Date()
    const headers = {
      'webhook-id': 'm-1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign('m-1', at, body),
    }
    return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })).status
  }
  try {
    await expect.poll(() => post(OPS_HOOK_SECRET).catch(() => 'nobody there')).toBe(200)
    expect(await post(`whsec_${Buffer.from('another').toString('base64')}`)).toBe(401)
    expect(said).toBe('incident.firing checkout.payment\n')
    const url = `http://127.0.0.1:${port}/`
    const hooks = { ops: { url, secret: OPS_HOOK_SECRET, allowInternal: true } }
    const config = world.consumer.write('hook.json', JSON.stringify({ project: 'shop', hooks }))
    const tested = await promisify(execFile)(world.consumer.pulssi, ['hooks', 'test', 'ops', '--config', config], {
      env,
    })
    expect(tested.stdout).toContain('it works')
    expect(said).toContain('hook.test')
  } finally {
    child.kill()
  }
}
