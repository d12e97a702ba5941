/** Where the blocks run: a folder with the packages installed from their tarballs, and a server out of them. */
import type { Journey } from '@pulssi/protocol/client'
import { type Consumer, createConsumer } from '../package/consumer.js'
import { plainEnv } from '../package/pack.js'
import { type Served, serve } from '../package/serve.js'

/** As the documents write it. */
const WRITTEN = '127.0.0.1:8700'
const SECRETS = {
  PULSSI_PROOF_SECRET: 'a-secret-for-proofs-of-16-bytes-or-more',
  PULSSI_JWT_SECRET: 'a-secret-for-tokens-of-32-bytes-or-more',
  PULSSI_NATS_PASSWORD: 'a-password-for-nats',
  OPS_HOOK_SECRET: `whsec_${Buffer.from('a-secret-for-hooks-of-24-bytes').toString('base64')}`,
}

export interface World {
  readonly consumer: Consumer
  readonly server: Served
  readonly env: NodeJS.ProcessEnv
  /** The text with the address of this server for the one that is written. */
  here(text: string): string
  journey(): Promise<Journey>
  end(): Promise<void>
}

export const createWorld = async (): Promise<World> => {
  const consumer = await createConsumer()
  const server = await serve(consumer).catch(error => {
    consumer.remove()
    throw error
  })
  const { PATH = '' } = process.env
  const path = { PATH: `${consumer.folder}/node_modules/.bin:${PATH}` }
  return {
    consumer,
    server,
    env: { ...plainEnv(), ...SECRETS, ...path, PULSSI_URL: server.url },
    here: text => text.replaceAll(WRITTEN, server.url.replace('http://', '')),
    journey: async () => (await (await fetch(`${server.url}/v1/journey?window=total`)).json()) as Journey,
    end: async () => {
      await server.end()
      consumer.remove()
    },
  }
}

export const visitsOf = async (world: World, touchpoint: string): Promise<{ entered: number; completed: number }> =>
  (await world.journey()).pulses.find(pulse => pulse.touchpoint === touchpoint)?.visits ?? { entered: 0, completed: 0 }
