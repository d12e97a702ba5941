import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, parseConfig } from '../config/index.js'
import { openEmbedded } from '../embedded/index.js'
import type { EngineConfig } from '../engine/index.js'
import { createLogger } from '../logger.js'
import type { Operations } from '../ops/index.js'
import { countedWith } from '../worker/index.js'
import { CliError } from './exits.js'
import type { Io } from './io.js'
import { reasonOf } from './serve.js'

const SECRET_BYTES = 32
/** Nothing is to be trimmed by whoever only looks in: the longest that a log may be kept. */
const RETENTION_HOURS = 400 * 24

const countPartitions = async (data: string): Promise<number> => {
  const names = await readdir(join(data, 'log')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  const partitions = names.filter(name => /^p\d+$/.test(name)).length
  if (partitions > 0) return partitions
  throw new CliError('config', `${data} is no data folder of a server: check --data`)
}

/** A folder's own settings, whatever configuration lies about; and nobody may call meanwhile. */
const settingsOf = async (data: string): Promise<{ config: Config; journey: EngineConfig }> => {
  const partitions = await countPartitions(data)
  const { store, close } = await openEmbedded(data, { partitions })
  const counted = await countedWith(store).finally(close)
  if (counted === null) {
    throw new CliError(
      'config',
      `${data} doesn't say what it was counted with: start a server on it once, then stop it`,
    )
  }
  const keys = [{ key: `sk_${randomBytes(SECRET_BYTES).toString('hex')}` }]
  const { clock, config: journey } = counted
  const server = { port: 0, dataDir: data, partitions, clock, retentionHours: RETENTION_HOURS }
  return { config: parseConfig({ keys, server }), journey }
}

/** Carries out `work` on the folder of a server that is stopped; what it was counted with stays. Throws CliError. */
export const onStopped = async <T>(io: Io, data: string, work: (operations: Operations) => Promise<T>): Promise<T> => {
  const { startServer } = await import('../server.js')
  try {
    const server = await startServer({ ...(await settingsOf(data)), logger: createLogger('error', io.stderr) })
    try {
      return await work(server.operations)
    } finally {
      await server.close()
    }
  } catch (error) {
    throw reasonOf(error) ?? error
  }
}
