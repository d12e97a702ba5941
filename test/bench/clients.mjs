import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cpuSeconds } from './servers.mjs'

/** The process of the clients. */
export const startClients = () => {
  const child = fork(fileURLToPath(new URL('ingest-client.mjs', import.meta.url)))
  /** Resolves with what was acknowledged and what it cost the server, and the `others` that it names with their CPU. */
  const run = (server, order) =>
    new Promise((resolve, reject) => {
      const all = { server: () => cpuSeconds(server.pid), ...server.others }
      const costs = () => Object.entries(all).map(([name, spent]) => [name, spent()])
      let before = []
      let after = []
      const died = () => reject(new Error('the clients have died'))
      const hear = message => {
        if (message.type === 'started') before = costs()
        else if (message.type === 'ended') after = costs()
        else {
          child.off('message', hear)
          child.off('exit', died)
          const { events, tookMs, sent, clientCpuSeconds } = message
          const perMillion = seconds => (seconds / events) * 1e6
          const cpu = Object.fromEntries(after.map(([name, spent], i) => [name, perMillion(spent - before[i][1])]))
          resolve({
            eventsPerSecond: events / (tookMs / 1000),
            cpuSecondsPerMillion: cpu.server,
            cpu,
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
