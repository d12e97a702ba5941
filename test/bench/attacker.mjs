// One attacker, in a process of his own, as hard as he can. Message: {attack, port, seconds, from}; answers with what he
// did: {connections, writes}.
import { connect } from 'node:net'
import { decode, Frame } from '@pulssi/protocol/client'
import { ATTACKS } from './attacks.mjs'

/** Connections that are being opened at the same time. */
const OPENING = 64
const HEAD_END = '\r\n\r\n'

const run = ({ attack: name, port, seconds, from }) =>
  new Promise(resolve => {
    const attack = ATTACKS.find(known => known.name === name)
    const until = performance.now() + seconds * 1000
    const held = new Set()
    let connections = 0
    let writes = 0
    let opening = 0
    const isOver = () => performance.now() >= until

    const press = socket => {
      while (!isOver() && socket.writable && attack.chunk !== null) {
        writes++
        if (!socket.write(attack.chunk)) return
      }
    }

    const open = () => {
      if (isOver()) return
      opening++
      const socket = connect({ port, host: '127.0.0.1', localAddress: from })
      let isOpening = true
      const opened = () => {
        if (isOpening) opening--
        isOpening = false
      }
      socket.on('error', () => {})
      socket.on('connect', () => {
        connections++
        held.add(socket)
        socket.write(attack.opening(connections))
        opened()
        if (attack.paced !== null) pace(socket, attack.paced)
        else if (!attack.reads) socket.pause()
        else socket.resume()
        if (attack.answered) answered(socket)
        press(socket)
        if (held.size > attack.keeps) held.values().next().value.destroy()
        more()
      })
      socket.on('drain', () => press(socket))
      socket.on('close', () => {
        opened()
        held.delete(socket)
        setImmediate(more)
      })
    }

    /** Where he keeps few connections he presses on these; where he keeps many, opening them is the attack. */
    const more = () => {
      const opensAnew = attack.chunk === null && attack.paced === null
      while (!isOver() && opening < OPENING && (opensAnew || held.size + opening < attack.keeps)) open()
    }

    more()
    setTimeout(() => {
      for (const socket of held) socket.destroy()
      resolve({ connections, writes })
    }, seconds * 1000)
  })

/** Gives the connection up at the second answer: the first is that of the upgrade. */
const answered = socket => {
  let text = ''
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
    const end = text.indexOf(HEAD_END)
    if (end >= 0 && text.length > end + HEAD_END.length) socket.destroy()
  })
}

/** Sends the next once the last was acknowledged, and as early again as the server says. */
const pace = (socket, make) => {
  let number = 1
  let rest = Buffer.alloc(0)
  let isUpgraded = false
  const send = () => socket.writable && socket.write(make(number))
  const hear = frame => {
    if (frame[0] === Frame.welcome) send()
    else if (frame[0] === Frame.ack) {
      number = frame[1] + 1
      send()
    } else if (frame[0] === Frame.error && frame[3] !== null) setTimeout(send, frame[3])
  }
  socket.on('data', chunk => {
    rest = Buffer.concat([rest, chunk])
    if (!isUpgraded) {
      const end = rest.indexOf(HEAD_END)
      if (end < 0) return
      isUpgraded = true
      rest = rest.subarray(end + HEAD_END.length)
    }
    for (;;) {
      const length = rest[1] < 126 ? rest[1] : rest[1] === 126 && rest.length >= 4 ? rest.readUInt16BE(2) : Number.NaN
      const at = rest[1] < 126 ? 2 : 4
      if (!(rest.length >= at + length)) return
      if ((rest[0] & 15) === 2) hear(decode(rest.subarray(at, at + length)))
      rest = rest.subarray(at + length)
    }
  })
}

process.on('message', async order => process.send({ type: 'done', ...(await run(order)) }))
process.on('disconnect', () => process.exit())
