import { createServer } from 'node:net'

/** How many ports after the wished one are tried. */
const PORT_TRIES = 50

/**
 * Resolves with the first free port from `wished` on at 127.0.0.1; `wished` 0: any free one.
 * Rejects with a sentence that names the variable to set when none is free.
 */
export async function freePort(wished, variable, taken = []) {
  if (!Number.isInteger(wished) || wished < 0 || wished > 65_535) {
    throw new Error(`${variable} must be a port from 0 to 65535`)
  }
  if (wished === 0) return await tryPort(0)
  const last = Math.min(65_535, wished + PORT_TRIES)
  for (let port = wished; port <= last; port++) {
    if (taken.includes(port)) continue
    const free = await tryPort(port)
    if (free !== null) return free
  }
  throw new Error(`No port from ${wished} to ${last} is free: set ${variable} to one that is`)
}

/** The port that could be bound, or null where it is in use or not allowed. */
function tryPort(port) {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', error => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null)
      else reject(error)
    })
    server.listen(port, '127.0.0.1', () => {
      const bound = server.address().port
      server.close(() => resolve(bound))
    })
  })
}
