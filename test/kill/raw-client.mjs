/** A client process that speaks the wire by itself, from SPEC.md alone. Argument: its options as JSON. */
import { pack, unpack } from 'msgpackr'
import { WebSocket } from 'ws'
import { Client } from './client.mjs'
import { SCALES } from './story.mjs'

const HELLO = 1
const BATCH = 2
const WELCOME = 64
const ACK = 65
const ERROR = 66
const KINDS = ['enter', 'leave', 'goal', 'feedback', 'answer', 'signal', 'link', 'ask']
const DAY = 0
const FRAMES_IN_FLIGHT = 4
const FRAME_EVENTS = 60
const BEAT_MS = 5
const RECONNECT_MS = 150
/** With frames on their way, or without a welcome, and nothing heard for so long: the next server is tried. */
const SILENT_MS = 5_000

const options = JSON.parse(process.argv[2])
const client = new Client(options)

/** Made and not acknowledged, in order; the first `inFrames` of them are in the frames on their way. */
const unacked = []
let frames = []
let next = 1
let sent = 0
let pausedUntil = 0
let isOpen = false
let socket
let place = options.client
let heardAt = performance.now()

const body = ([, , , , kind, detail], index) => {
  const head = [KINDS.indexOf(kind), 0, index]
  switch (kind) {
    case 'feedback': {
      const [scale, level] = detail.split(':')
      const first = scale === 'thumb' || scale === 'nps' || scale === 'emotion' ? 0 : 1
      return [...head, SCALES.indexOf(scale), first + Number(level)]
    }
    case 'answer':
      return [...head, 'why', 1]
    case 'signal':
      return [...head, detail]
    case 'link':
      return [...head, 'customer-1', null, null]
    case 'ask':
      return [...head, 'why', 0]
    default:
      return head
  }
}

/** Neighbours of one visitor whose numbers follow one another are one group. */
const groupsOf = (events, places, at) => {
  const groups = []
  for (const event of events) {
    const [visitor, stream, seq, touchpoint] = event
    if (!places.includes(touchpoint)) places.push(touchpoint)
    const open = groups.at(-1)
    const follows = open?.[0] === visitor && seq === open[2] + open[4].length
    if (!follows) groups.push([visitor, stream, seq, at, []])
    groups.at(-1)[4].push(body(event, places.indexOf(touchpoint)))
  }
  return groups
}

const onTheirWay = () => frames.reduce((sum, { count }) => sum + count, 0)

const send = events => {
  const places = []
  const groups = groupsOf(events, places, Date.now())
  socket.send(pack([BATCH, next, Date.now(), places, groups]))
  frames.push({ number: next++, count: events.length })
  sent += events.length
}

const pump = () => {
  while (isOpen && frames.length < FRAMES_IN_FLIGHT && Date.now() >= pausedUntil) {
    const from = onTheirWay()
    if (unacked.length === from) unacked.push(...client.make(1 + client.random.below(FRAME_EVENTS)))
    const events = unacked.slice(from, from + FRAME_EVENTS)
    if (events.length === 0) break
    send(events)
  }
  if (client.isStopping && unacked.length === 0) client.done(sent)
}

const hear = ([type, ...fields]) => {
  if (type === WELCOME) {
    isOpen = true
    client.up()
  }
  if (type === ACK) {
    const [upTo, refused] = fields
    if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`)
    while (frames.length > 0 && frames[0].number <= upTo) client.acknowledged(unacked.splice(0, frames.shift().count))
  }
  if (type === ERROR) {
    const [code, message, retryMs, number] = fields
    if (code !== 429 && code !== 503) throw new Error(`error ${code}: ${message}`)
    if (retryMs !== null) client.refused()
    pausedUntil = Date.now() + (retryMs ?? RECONNECT_MS)
    frames = frames.filter(frame => frame.number < number)
    next = Math.min(next, number)
  }
}

const connect = () => {
  heardAt = performance.now()
  socket = new WebSocket(`${options.urls[place++ % options.urls.length]}/v1/ws`, 'pulssi.v1')
  socket.on('error', () => undefined)
  socket.on('open', () => socket.send(pack([HELLO, options.key, DAY, null, null, `s-${options.client}`, 'raw'])))
  socket.on('message', data => {
    heardAt = performance.now()
    hear(unpack(data))
    pump()
  })
  socket.on('close', () => {
    if (isOpen) client.down(frames.length, onTheirWay())
    isOpen = false
    frames = []
    next = 1
    setTimeout(connect, client.random.below(RECONNECT_MS))
  })
}

/** A server that stands still closes nothing. */
const watch = () => {
  const isAwaited = !isOpen || (frames.length > 0 && Date.now() >= pausedUntil)
  if (!isAwaited) heardAt = performance.now()
  if (performance.now() - heardAt > SILENT_MS) socket.terminate()
}

connect()
setInterval(pump, BEAT_MS)
setInterval(watch, RECONNECT_MS)
