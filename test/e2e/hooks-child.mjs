/** A built server as a process of its own. Arguments: the configuration and the delays of the retry schedule, as JSON. */
import { parseConfig, startServer } from '@pulssi/aggregator'
import { pino } from 'pino'

const [, , config = '{}', delaysMs = '[0]'] = process.argv
const options = { config: parseConfig(JSON.parse(config)), delaysMs: JSON.parse(delaysMs) }
const server = await startServer({ ...options, logger: pino({ level: 'silent' }) })
process.send?.({ url: server.url, socketUrl: server.socketUrl, port: server.port })
