// Memory of a connection that has said hello and is silent, beside one of bare `ws`.
import { readFileSync } from 'node:fs'
import { note, quick, result } from './child.mjs'
import { RawSocket } from './raw-socket.mjs'
import { startBare, startPulssi } from './servers.mjs'

const CONNECTIONS = quick ? 200 : 5_000
const AT_ONCE = 50
const WARM_UP = 100
const SETTLE_MS = quick ? 500 : 6_000
const KB = 1024

/** Resident bytes (Linux). */
const residentKb = pid => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])

const open = async (url, count) => {
  const sockets = []
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () =>
      RawSocket.hello(url, 'sk_bench'),
    )
    sockets.push(...(await Promise.all(some)))
  }
  return sockets
}

const settled = () => new Promise(resolve => setTimeout(resolve, SETTLE_MS))

/** Kilobytes a connection, over what the server holds once it has seen some. */
const measure = async server => {
  for (const socket of await open(server.url, WARM_UP)) socket.close()
  await settled()
  const before = residentKb(server.pid)
  const sockets = await open(server.url, CONNECTIONS)
  await settled()
  const after = residentKb(server.pid)
  for (const socket of sockets) socket.close()
  return (after - before) / CONNECTIONS
}

const bare = await startBare()
const bareKb = await measure(bare)
await bare.close()
const pulssi = await startPulssi()
const ours = await measure(pulssi)
await pulssi.close()
result('memory, an idle connection', ours, 'KB RSS', `bare ${bareKb.toFixed(1)} at ${CONNECTIONS.toLocaleString('en')}`)
if (ours * KB < 1) note('no growth was seen')
