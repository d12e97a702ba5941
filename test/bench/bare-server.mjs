// The ceiling: `ws` and msgpackr alone. Decodes what comes and answers each batch with an ack of its own.
import { Frame, SUBPROTOCOL } from '@pulssi/protocol/client'
import { Packr } from 'msgpackr'
import { WebSocketServer } from 'ws'

const packr = new Packr({ useRecords: false, moreTypes: false, int64AsType: 'number' })
/** null: noise, which must not end the process of whom we are compared with. */
const decode = data => {
  try {
    const frame = packr.decode(data)
    return Array.isArray(frame) ? frame : null
  } catch {
    return null
  }
}
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  handleProtocols: () => SUBPROTOCOL,
})
server.on('connection', socket => {
  socket.on('error', () => {})
  socket.on('message', data => {
    const frame = decode(data)
    if (frame === null) return
    if (frame[0] === Frame.batch) socket.send(packr.encode([Frame.ack, frame[1], []]))
    else socket.send(packr.encode([Frame.welcome, null, Date.now(), 65_536, 100, 1, 5_000]))
  })
})
server.on('listening', () => process.send({ url: `ws://127.0.0.1:${server.address().port}` }))
process.on('disconnect', () => process.exit())
