/** A server that alerts, and visitors who give it a reason to. */
import { parseConfig, type RunningServer } from '@pulssi/aggregator'
import { Frame, type IncidentFrame, type WireEvent } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { type Answer, bearer, CLOSED, Client, dataDir, http, KEYS } from './harness.js'
import { startPlaced } from './placed.js'
import { type Receiver, SECRET } from './receiver.js'

export const PLACE = 'checkout.payment'
const RULE = { name: 'payment hurts', touchpoint: PLACE, figure: 'sentiment', below: -0.2, window: '1m', clear: '1ms' }
const TOKENS = {
  readTokens: [
    { token: KEYS.token, scopes: ['pulse', 'voice', 'incidents', 'admin'] },
    { token: 'rt_pulse', scopes: ['pulse'] },
    { token: 'rt_payment', touchpoints: ['checkout.payment'], scopes: ['incidents'] },
    { token: 'rt_phone', touchpoints: ['phone.*'], scopes: ['pulse', 'incidents'] },
  ],
}

/** A hook to the receiver, and a rule that fires at once. */
export const alertingSettings = (receiver: Pick<Receiver, 'url'>, hook: object = {}, rule: object = {}) => ({
  ...CLOSED,
  ...TOKENS,
  rules: [{ ...RULE, hook: 'ops', ...rule }],
  hooks: { ops: { url: receiver.url, secret: SECRET, allowInternal: true, ...hook } },
})

export const serveAlerts = async (
  settings: object,
  folder = dataDir(),
  delaysMs: readonly number[] = [0, 1, 1, 1, 1, 1, 1, 1],
): Promise<RunningServer> => {
  const config = parseConfig({ ...settings, server: { port: 0, dataDir: folder } })
  const server = await startPlaced({ config, logger: pino({ level: 'silent' }), delaysMs })
  onTestFinished(() => server.close())
  return server
}

/** So many visitors answer on the scale of 1 to 5, each once. */
export const answer = async (
  server: RunningServer,
  score: number,
  visitors: number,
  name = `s${score}`,
): Promise<void> => {
  const client = await Client.service(server)
  const events: WireEvent[] = [
    [0, 0, 0],
    [3, 0, 0, 2, score],
  ]
  let frame = 0
  for (let n = 0; n < visitors; n++) frame = client.batch(`${name}-${n}`, `s-${n}`, 0, events, PLACE)
  await client.acked(frame)
  client.socket.close()
}

export const incidents = async (server: RunningServer, query = '', token: string = KEYS.token): Promise<Answer> =>
  http(server, `/v1/incidents${query}`, { headers: bearer(token) })

export const order = (
  server: RunningServer,
  path: string,
  headers: Record<string, string> = bearer(KEYS.token),
  body = '{}',
): Promise<Answer> =>
  http(server, path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

/** A connection that subscribes, with the incidents that it is told of. */
export const listener = async (server: RunningServer, token: string = KEYS.token) => {
  const client = await Client.reader(server, token)
  client.send([Frame.subscribe, 1, ['*'], [0]])
  await client.hear(frame => frame[0] === Frame.pulse)
  return {
    client,
    told: () => client.heard.filter((frame): frame is IncidentFrame => frame[0] === Frame.incident),
    hear: (state: number) => client.hear(frame => frame[0] === Frame.incident && frame[4] === state),
  }
}
