import { randomUUID } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { open, readdir, stat, statfs, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { codeOf, type Finding, fail, ok, reasonOf, sizeText, warn } from './finding.js'

const SYNCS = 32
const SYNC_BYTES = 4_096
const SLOW_SYNC_MS = 50
const LEAST_BYTES = 64 * 1024 * 1024
const LOW_BYTES = 1024 * 1024 * 1024
/** Over what the log will need at its present pace. */
const HEADROOM = 1.2
const HOUR_MS = 3_600_000
/** A log younger than this tells nothing of its pace. */
const PACE_HOURS = 0.25

/** How much the log holds, and since when. */
export interface LogSize {
  readonly sizeBytes: number
  readonly hours: number
}

const nearest = (folder: string): string => (existsSync(folder) ? folder : nearest(dirname(folder)))

const logSize = async (folder: string): Promise<LogSize> => {
  let sizeBytes = 0
  let oldest = Date.now()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => null)
    if (found === null) continue
    sizeBytes += found.size
    oldest = Math.min(oldest, found.birthtimeMs > 0 ? found.birthtimeMs : found.mtimeMs)
  }
  return { sizeBytes, hours: (Date.now() - oldest) / HOUR_MS }
}

/** How much the log may still grow until the retention removes as much as comes in; null: too young to say. */
export const growthBytes = ({ sizeBytes, hours }: LogSize, retentionHours: number): number | null => {
  if (hours < PACE_HOURS) return null
  return Math.max(0, (sizeBytes / hours) * (retentionHours - hours))
}

export const checkSpace = (freeBytes: number, growth: number | null, retentionHours: number): Finding => {
  const free = `${sizeText(freeBytes)} free`
  if (freeBytes < LEAST_BYTES) return fail('disk', free, 'make room: without it every event is refused')
  if (growth !== null && freeBytes < growth * HEADROOM) {
    const message = `${free}, and at its present pace the log will grow by ${sizeText(growth)} in ${retentionHours} h`
    return warn('disk', message, 'make room, or lower server.retentionHours')
  }
  if (freeBytes < LOW_BYTES) return warn('disk', free, `leave at least ${sizeText(LOW_BYTES)}`)
  return ok('disk', growth === null ? free : `${free}; the log may still grow by ${sizeText(growth)}`)
}

export const checkSyncs = (takenMs: readonly number[]): Finding => {
  const sorted = [...takenMs].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  const text = `a sync takes ${at(0.5).toFixed(1)} ms (p50), ${at(0.99).toFixed(1)} ms (p99)`
  if (at(0.99) <= SLOW_SYNC_MS) return ok('sync', text)
  return warn('sync', text, 'an ack waits for a sync: use a local SSD, not a network disk')
}

/** Writes a few blocks to a file of its own there, each made durable, and removes it. */
const measureSyncs = async (folder: string): Promise<number[]> => {
  const path = join(folder, `doctor.${randomUUID()}`)
  const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
  try {
    const block = Buffer.alloc(SYNC_BYTES, 1)
    const takenMs: number[] = []
    for (let i = 0; i < SYNCS; i++) {
      const startedMs = performance.now()
      await file.write(block)
      await file.datasync()
      takenMs.push(performance.now() - startedMs)
    }
    return takenMs
  } finally {
    await file.close()
    await unlink(path)
  }
}

/** The disk under a data folder, which need not be there yet. */
export const checkDisk = async (dataDir: string, retentionHours: number): Promise<Finding[]> => {
  const folder = nearest(resolve(dataDir))
  if (!(await stat(folder)).isDirectory()) {
    return [fail('data', `${folder} is no folder`, 'give another one with --data or server.dataDir')]
  }
  const { bavail, bsize } = await statfs(folder)
  const growth = growthBytes(await logSize(join(dataDir, 'log')), retentionHours)
  const space = checkSpace(bavail * bsize, growth, retentionHours)
  try {
    const syncs = checkSyncs(await measureSyncs(folder))
    const data = folder === resolve(dataDir) ? `${folder} can be written` : `${resolve(dataDir)} can be made`
    return [ok('data', data), space, syncs]
  } catch (error) {
    const isFull = codeOf(error) === 'ENOSPC'
    const todo = isFull ? 'make room' : 'give it to the user that runs the server: chown'
    return [fail('data', `${folder} can't be written: ${reasonOf(error)}`, todo), space]
  }
}
