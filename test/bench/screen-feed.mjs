import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { encodeServer } from '@pulssi/protocol'
import { decode, Frame } from '@pulssi/protocol/client'
import { WebSocketServer } from 'ws'
import { RawSocket } from './raw-socket.mjs'

const EMPTY = []
/** Fields of a pulse's row that move: entered, views, active, n of the drop-off, n of the friction. */
const FIELDS = [4, 5, 6, 17, 31]

/** Hands on what the server answers, byte by byte. */
const frontOf = async pulssi => {
  const { host } = new URL(pulssi.http)
  const front = createServer((asked, response) => {
    const { 'accept-encoding': encoding = '' } = asked.headers
    const headers = { host, 'accept-encoding': encoding }
    request(pulssi.http + asked.url, { headers, agent: false }, answer => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    }).end()
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return front
}

/**
 * A way to the server on which updates come as often as asked for, whatever the server could do: what it says at first
 * passes, then changes of `rows` rows a subscription are made up here, `perSecond` times a second.
 */
export const startFeed = async (pulssi, { perSecond, rows }) => {
  const front = await frontOf(pulssi)
  const sockets = new WebSocketServer({ server: front, perMessageDeflate: false })
  const tables = new Map()
  let socket = null
  let upstream = null
  let timer = null
  let turn = 0
  sockets.on('connection', async opened => {
    socket = opened
    const waiting = []
    opened.on('message', data => waiting.push(data))
    upstream = await RawSocket.open(pulssi.url)
    const pass = data => upstream.send(decode(new Uint8Array(data)))
    upstream.onFrame = frame => {
      if (frame[0] === Frame.pulse) {
        if (timer !== null) return
        const [, id, version, base, , , , list] = frame
        tables.set(id, { version, rows: base === null ? list.length : tables.get(id).rows })
      }
      opened.send(encodeServer(frame))
    }
    for (const data of waiting) pass(data)
    opened.removeAllListeners('message').on('message', pass)
  })
  const update = () => {
    turn++
    const clock = Date.now()
    for (const [id, table] of tables) {
      const changes = Array.from({ length: Math.min(rows, table.rows) }, (_, index) => [
        (turn * rows + index) % table.rows,
        FIELDS.flatMap(field => [field, turn + index]),
      ])
      const base = table.version++
      socket.send(encodeServer([Frame.pulse, id, table.version, base, clock, 0, EMPTY, changes]))
    }
  }
  return {
    url: `http://127.0.0.1:${front.address().port}`,
    begin: () => {
      timer = setInterval(update, 1_000 / perSecond)
    },
    get turns() {
      return turn
    },
    close: async () => {
      clearInterval(timer)
      upstream?.close()
      sockets.close()
      front.closeAllConnections()
      front.close()
      await once(front, 'close')
    },
  }
}

/** One visit and one answer at each of so many touchpoints. */
export const fill = async (pulssi, names) => {
  const BATCH = 400
  for (let at = 0; at < names.length; at += BATCH) {
    const events = names.slice(at, at + BATCH).flatMap((touchpoint, index) => {
      const of = { visitor: `v-${at + index}`, at: Date.now(), touchpoint }
      return [
        { ...of, kind: 'enter' },
        { ...of, kind: 'feedback', scale: 'smiley', score: 1 + (index % 4) },
      ]
    })
    const headers = { authorization: 'Bearer sk_bench', 'content-type': 'application/json' }
    const answer = await fetch(`${pulssi.http}/v1/events`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ events }),
    })
    if (!answer.ok) throw new Error(`events were answered with ${answer.status}`)
  }
}
