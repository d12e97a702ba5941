import { Frame } from '@pulssi/protocol/client'
import { RawSocket } from './raw-socket.mjs'

const FRAME_VISITORS = 100
const WINDOW = 8
const PLACES = 20

/** One event of each of so many visitors, a multiple of 100; resolves once all are acknowledged. */
export const fillVisitors = async (server, visitors) => {
  const socket = await RawSocket.hello(server.url, 'sk_bench')
  const frames = visitors / FRAME_VISITORS
  await new Promise(resolve => {
    let number = 0
    const pump = acked => {
      while (number < frames && number - acked < WINDOW) {
        const now = Date.now()
        const first = number * FRAME_VISITORS
        const groups = Array.from({ length: FRAME_VISITORS }, (_, i) => [
          `visitor-${first + i}`,
          `stream-${first + i}`,
          0,
          now,
          [[0, 0, (first + i) % PLACES]],
        ])
        const places = Array.from({ length: PLACES }, (_, i) => `shop.page-${i}`)
        socket.send([Frame.batch, ++number, now, places, groups])
      }
    }
    socket.onFrame = frame => {
      if (frame[0] !== Frame.ack) return
      if (frame[1] === frames) resolve()
      else pump(frame[1])
    }
    pump(0)
  })
  socket.close()
}
