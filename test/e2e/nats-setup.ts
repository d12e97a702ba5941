/** Starts the NATS server that the tests of a run share. */
import { NatsServer } from '../contract/nats-server.js'
import { ACCOUNTS, accountName, PASSWORD } from './placed.js'

const account = (name: string): string =>
  `${name} { jetstream: enabled, users: [{ user: "${name}", password: "${PASSWORD}" }] }`

export const setup = async (): Promise<() => Promise<void>> => {
  const names = Array.from({ length: ACCOUNTS }, (_, index) => accountName(index))
  const settings = `max_payload: 8MB\n jetstream { store_dir: "FOLDER" }\n accounts {\n${names.map(account).join('\n')}\n}`
  const server = await NatsServer.start(settings)
  Object.assign(process.env, { PULSSI_E2E_NATS: server.url })
  return () => server.dispose()
}
