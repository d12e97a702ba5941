/** A client process that sends by the SDK. Argument: its options as JSON. */
import { EMOTIONS } from '@pulssi/protocol/client'
import { createPulse } from '@pulssi/sdk'
import { WebSocket } from 'ws'
import { Client } from './client.mjs'

const CHUNK_EVENTS = 300
const BEAT_MS = 5

const options = JSON.parse(process.argv[2])
const client = new Client(options)
const { urls } = options
let place = options.client

/** Each new connection goes to the next gateway, as behind a balancer. */
class Moving extends WebSocket {
  constructor(url, protocol) {
    super(url.replace(urls[0], urls[place++ % urls.length]), protocol)
  }
}

const host = { identity: 'host', visitor: 'kill-test', WebSocket: Moving }
const pulse = createPulse({ url: urls[0], key: options.key, ...host })

const details = (kind, detail) => {
  switch (kind) {
    case 'feedback': {
      const [scale, level] = detail.split(':')
      if (scale === 'emotion') return { scale, score: EMOTIONS[level] }
      return { scale, score: Number(level) + (scale === 'thumb' || scale === 'nps' ? 0 : 1) }
    }
    case 'answer':
      return { kind: 'feedback', ask: 'why', option: 1 }
    case 'signal':
      return { name: detail }
    case 'link':
      return { customer: 'customer-1' }
    case 'ask':
      return { ask: 'why', result: 'shown' }
    default:
      return {}
  }
}

let isOpen = false
pulse.on('open', () => {
  isOpen = true
  client.up()
})
pulse.on('close', () => {
  if (isOpen) client.down(null, pulse.stats().queued)
  isOpen = false
})
pulse.on('error', ({ code }) => {
  if (code === 429 || code === 503) client.refused()
})
pulse.on('refused', told => {
  throw new Error(`refused: ${JSON.stringify(told)}`)
})

while (!client.isStopping) {
  const events = client.make(CHUNK_EVENTS)
  for (const [visitor, stream, seq, touchpoint, kind, detail] of events) {
    const answer = pulse.send({ visitor, stream, seq, touchpoint, kind, ...details(kind, detail) })
    if (answer !== 'queued') throw new Error(`the SDK did not take an event: ${answer}`)
  }
  // Nothing else says which events were acknowledged: once all are, these were.
  await pulse.flush()
  if (pulse.stats().queued > 0) throw new Error('the SDK has stopped')
  client.acknowledged(events)
  if (events.length === 0) await new Promise(resolve => setTimeout(resolve, BEAT_MS))
}
const { sent } = pulse.stats()
await pulse.close()
client.done(sent)
