import { availableParallelism, cpus, loadavg } from 'node:os'

/** Load of others beyond which figures say more about them than about us. */
const BUSY_SHARE = 0.3

/** What the figures were taken on, and a warning if others use it too. */
export const machine = () => {
  const cores = availableParallelism()
  const load = loadavg().map(value => value.toFixed(2))
  const lines = [
    `Node ${process.versions.node}, ${cores} × ${cpus()[0]?.model ?? 'unknown CPU'}, load ${load.join(' ')}`,
  ]
  if (loadavg()[0] > cores * BUSY_SHARE) {
    lines.push(
      'The machine is busy: figures are worse than they would be alone, and a server of two threads looks too good or',
      'too bad beside one of one. Repeat in a quiet hour.',
    )
  }
  return lines
}
