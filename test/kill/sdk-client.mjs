/** A client process that sends by the SDK. Argument: its options as JSON. */
import { EMOTIONS } from '@pulssi/protocol/client'
import { createPulse } from '@pulssi/sdk'
import { Client } from './client.mjs'

const CHUNK_EVENTS = 300
const BEAT_MS = 5

const options = JSON.parse(process.argv[2])
const client = new Client(options)
const pulse = createPulse({ url: options.url, key: options.key, identity: 'host', visitor: 'kill-test' })

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
