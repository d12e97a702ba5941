/** A built server as a process of its own, for tests that kill it. Argument: the configuration as JSON. */
import { parseConfig, startServer } from '@pulssi/aggregator'
import { pino } from 'pino'

const config = parseConfig(JSON.parse(process.argv[2] ?? '{}'))
const server = await startServer({ config, logger: pino({ level: 'silent' }) })
process.send?.({ url: server.url, socketUrl: server.socketUrl, port: server.port })
process.on('message', () => {
  void server.close().then(() => process.disconnect())
})
