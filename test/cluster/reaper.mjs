/**
 * Outlives who started it just long enough to end every process that it was told of and to remove the run's folder: also
 * after a SIGKILL nothing stays behind, and no process that stands still. Argument: the folder.
 */
import { rmSync } from 'node:fs'

const [folder] = process.argv.slice(2)
const pids = new Set()

process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('message', ({ born, gone }) => {
  if (born !== undefined) pids.add(born)
  if (gone !== undefined) pids.delete(gone)
})
process.on('disconnect', () => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It is gone already.
    }
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})
