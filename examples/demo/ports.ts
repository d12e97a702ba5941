/** How many ports after the wished one are tried. */
const PORT_TRIES = 50
const LAST_PORT = 65_535

/**
 * Starts what listens on the first port from `wished` on that is free; 0: any. Rejects with a sentence where none is,
 * and with whatever else keeps it from starting.
 */
export async function onFreePort<Started>(wished: number, start: (port: number) => Promise<Started>): Promise<Started> {
  const last = wished === 0 ? 0 : Math.min(LAST_PORT, wished + PORT_TRIES)
  for (let port = wished; port <= last; port++) {
    try {
      return await start(port)
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
  throw new Error(`No port from ${wished} to ${last} is free: choose another with --port`)
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EADDRINUSE' || code === 'EACCES'
}
