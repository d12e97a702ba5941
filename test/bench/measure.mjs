export const median = values => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]
}

/** Nanoseconds that `work` takes. */
export const timed = work => {
  const before = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - before)
}

/**
 * Nanoseconds that `work` takes, by the clock and by the processor: on a machine that others use too the second says
 * more.
 */
export const spent = work => {
  const cpuBefore = process.cpuUsage()
  const wall = timed(work)
  const { user, system } = process.cpuUsage(cpuBefore)
  return { wall, cpu: (user + system) * 1000 }
}

/** Bytes that this process holds outside the heap and in it, after a collection (needs --expose-gc). */
export const heldBytes = () => {
  for (let turn = 0; turn < 3; turn++) globalThis.gc()
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { heapUsed, arrayBuffers, rss }
}
