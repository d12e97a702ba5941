import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

/** Messages and bytes of all streams whose names begin so. */
export const streamSizes = async ({ servers }, prefix) => {
  const connection = await connect({ servers })
  const manager = await jetstreamManager(connection)
  const sizes = { messages: 0, bytes: 0 }
  for await (const { config, state } of manager.streams.list()) {
    if (!config.name.startsWith(prefix)) continue
    sizes.messages += state.messages
    sizes.bytes += state.bytes
  }
  await connection.close()
  return sizes
}
