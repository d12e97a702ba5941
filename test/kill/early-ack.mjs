/**
 * A server that lies: it says that an entry is durable before it has begun to write it. The kill test must notice.
 * Arguments as those of `pulssi serve`.
 */
import { parseArgs } from 'node:util'
import { loadConfig, startServer } from '@pulssi/aggregator'
import { pino } from 'pino'
import { openEmbedded } from '../../aggregator/dist/embedded/index.js'

/** How long after its acknowledgement an entry comes to the log. */
const LATE_MS = 50

const lying = async (folder, options) => {
  const embedded = await openEmbedded(folder, options)
  const { log } = embedded
  const next = []
  const append = async (partition, bytes) => {
    next[partition] ??= (await log.bounds(partition)).last + 1
    setTimeout(() => log.append(partition, bytes), LATE_MS)
    return next[partition]++
  }
  const lie = { append, read: log.read.bind(log), bounds: log.bounds.bind(log), trim: log.trim.bind(log) }
  return { ...embedded, log: { ...lie, partitions: log.partitions, close: () => log.close() } }
}

const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    data: { type: 'string' },
    port: { type: 'string' },
    'log-level': { type: 'string' },
  },
})
const { config: file, data, port } = values
const config = loadConfig({ file, env: {}, flags: { data, port } })
const server = await startServer({ config, logger: pino({ level: 'silent' }), open: lying })
console.log(`listening on ${server.url}`)
