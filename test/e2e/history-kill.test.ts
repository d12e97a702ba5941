import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RunningServer } from '@pulssi/aggregator'
import { beforeAll, expect, test } from 'vitest'
import { Random } from '../sim/random.js'
import { dataDir, http } from './harness.js'
import { expectRecounted, SETTINGS, send, tenDays } from './past.js'
import { killServer, spawnServer } from './spawned.js'

const THREAD = fileURLToPath(new URL('../../aggregator/dist/worker/thread.js', import.meta.url))
const SEED = 5

beforeAll(() => {
  if (!existsSync(THREAD)) throw new Error('the aggregator is not built: npm run build')
})

const spawn = (folder: string): ReturnType<typeof spawnServer> =>
  spawnServer('child.mjs', { ...SETTINGS, server: { port: 0, dataDir: folder, partitions: 2, clock: 'data' } })

const storeImage = async (server: RunningServer): Promise<void> => {
  const headers = { 'content-type': 'application/json' }
  const { status } = await http(server, '/v1/admin/image', { method: 'POST', headers, body: '{}' })
  expect(status).toBe(200)
}

test('N37 no hour is lost or counted twice, whenever the server is killed', async () => {
  const random = new Random(SEED)
  const posts = tenDays(SEED)
  const folder = dataDir()
  let [server, child] = await spawn(folder)
  for (const lines of posts) {
    await send(server, lines)
    // An image, the whole of it or whatever is done by then, and the end.
    const image = random.chance(0.6) ? storeImage(server) : Promise.resolve()
    if (random.chance(0.4)) await image
    else image.catch(() => undefined)
    if (random.chance(0.5)) continue
    await killServer(child)
    ;[server, child] = await spawn(folder)
  }
  await expectRecounted(server, posts, 'hour', 'UTC')
  await expectRecounted(server, posts, 'week', 'UTC')
  await killServer(child)
})
