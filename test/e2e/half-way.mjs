/** A start that fails after its engines run. Argument: the data folder. Says why, and ends as soon as nothing is open. */
import { parseConfig, startServer } from '@pulssi/aggregator'
import { pino } from 'pino'
import { openEmbedded } from '../../aggregator/dist/embedded/index.js'

const open = async (...args) => {
  const embedded = await openEmbedded(...args)
  const keys = embedded.store.keys.bind(embedded.store)
  embedded.store.keys = async prefix => {
    if (prefix.startsWith('incident')) throw new Error('the disk is gone')
    return keys(prefix)
  }
  return embedded
}

const config = parseConfig({ server: { port: 0, dataDir: process.argv[2] } })
startServer({ config, logger: pino({ level: 'silent' }), open }).catch(error => console.log(error.message))
