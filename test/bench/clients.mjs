import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cpuSeconds } from './servers.mjs'

/** The process of the clients. */
export const startClients = () => {
  const child = fork(fileURLToPath(new URL('ingest-client.mjs', import.meta.url)))
  /** Resolves with what was acknowledged and what it cost the server. */
  const run = (server, order) =>
    new Promise((resolve, reject) => {
      let cpu = 0
      let cpuBefore = 0
      const died = () => reject(new Error('the clients have died'))
      const hear = message => {
        if (message.type === 'started') cpuBefore = cpuSeconds(server.pid)
        else if (message.type === 'ended') cpu = cpuSeconds(server.pid) - cpuBefore
        else {
          child.off('message', hear)
          child.off('exit', died)
          const { events, tookMs, sent, clientCpuSeconds } = message
          const perMillion = seconds => (seconds / events) * 1e6
          resolve({
            eventsPerSecond: events / (tookMs / 1000),
            cpuSecondsPerMillion: perMillion(cpu),
            clientCpuSecondsPerMillion: perMillion(clientCpuSeconds),
            sent,
          })
        }
      }
      child.on('message', hear)
      child.once('exit', died)
      child.send({ url: server.url, ...order })
    })
  return { run, close: () => child.disconnect() }
}
