/** Processes of `pulssi serve` on a NATS of their own. */
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { note } from './child.mjs'
import { startNats } from './nats-nodes.mjs'
import { LIFTED, startPulssi } from './servers.mjs'

/** The log of a minute at full speed may wait for a worker that is not there yet. */
const ROOM_BYTES = 4_000_000_000

/**
 * `nodes`: of NATS, each with a replica of everything. `imageSeconds`: between two images of a partition. `start` takes the
 * roles of a process, and the lines of its log where somebody wants to hear them.
 */
export const startCluster = async ({ nodes = 1, partitions = 16, imageSeconds = 300 } = {}) => {
  const nats = await startNats(nodes)
  const members = new Set()
  const start = async (roles, { project = 'bench', onLine } = {}) => {
    const server = {
      roles,
      partitions,
      imageSeconds,
      nats: { servers: nats.servers.map(at => `nats://${at}`), replicas: nodes },
      ...(roles.includes('gateway') ? {} : { metrics: { port: 0 } }),
    }
    const process = await startPulssi({ project, server, onLine, limits: { ...LIFTED, unfoldedBytes: ROOM_BYTES } })
    members.add(process)
    const ended = how => async () => {
      members.delete(process)
      await process[how]()
      rmSync(dirname(process.dataDir), { recursive: true, force: true })
    }
    return { ...process, close: ended('close'), kill: ended('kill') }
  }
  return {
    nats,
    start,
    close: async () => {
      for (const member of [...members].reverse()) await member.close().catch(error => note(String(error)))
      await nats.close()
    },
  }
}
