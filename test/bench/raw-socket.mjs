import { request } from 'node:http'
import { decode, encode, Frame, SUBPROTOCOL } from '@pulssi/protocol/client'

const KEY = 'cHVsc3NpIGJlbmNobWFyaw=='
const Opcode = { binary: 2, close: 8, ping: 9, pong: 10 }

/** The client's end of a WebSocket with as little work as can be: the server's cost is what is measured. */
export class RawSocket {
  /** Called with every decoded frame of the server. */
  onFrame = () => {}
  onPong = () => {}
  /** Called once all that had come in one piece is handled. */
  onRead = () => {}
  #stream
  #rest = Buffer.alloc(0)

  static open(url) {
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': KEY,
      'Sec-WebSocket-Protocol': SUBPROTOCOL,
    }
    return new Promise((resolve, reject) => {
      const upgrade = request(url.replace(/^ws/, 'http'), { headers, agent: false })
      upgrade.on('upgrade', (_, stream, head) => resolve(new RawSocket(stream, head)))
      upgrade.on('response', ({ statusCode }) => reject(new Error(`the upgrade was answered with ${statusCode}`)))
      upgrade.on('error', reject)
      upgrade.end()
    })
  }

  constructor(stream, head) {
    this.#stream = stream
    stream.setNoDelay(true)
    stream.on('data', chunk => this.#read(chunk))
    stream.on('error', () => stream.destroy())
    if (head.length > 0) this.#read(head)
  }

  /** Opens, says hello and waits for the welcome. */
  static async hello(url, key) {
    const socket = await RawSocket.open(url)
    await new Promise(resolve => {
      socket.onFrame = frame => frame[0] === Frame.welcome && resolve()
      socket.send([Frame.hello, key, 0, null, null, null, 'bench'])
    })
    return socket
  }

  send(frame) {
    this.#sendAs(Opcode.binary, encode(frame))
  }

  ping() {
    this.#sendAs(Opcode.ping, new Uint8Array())
  }

  /** Writes a frame that has its WebSocket header. */
  write(frame) {
    this.#stream.write(frame)
  }

  close() {
    this.#stream.destroy()
  }

  #sendAs(opcode, payload) {
    const { length } = payload
    const head = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 255]
    this.#stream.write(Buffer.from([0x80 | opcode, ...head, 0, 0, 0, 0, ...payload]))
  }

  #read(chunk) {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    while (at + 2 <= bytes.length) {
      const announced = bytes[at + 1]
      const headBytes = announced < 126 ? 2 : announced === 126 ? 4 : 10
      if (at + headBytes > bytes.length) break
      const length =
        announced < 126
          ? announced
          : bytes.readUIntBE(at + headBytes - (announced === 126 ? 2 : 6), announced === 126 ? 2 : 6)
      const end = at + headBytes + length
      if (end > bytes.length) break
      this.#hear(bytes[at] & 15, bytes.subarray(at + headBytes, end))
      at = end
    }
    this.#rest = bytes.subarray(at)
    this.onRead()
  }

  #hear(opcode, payload) {
    if (opcode === Opcode.binary) this.onFrame(decode(payload))
    else if (opcode === Opcode.ping) this.#sendAs(Opcode.pong, payload)
    else if (opcode === Opcode.pong) this.onPong()
    else if (opcode === Opcode.close) throw new Error(`the server closed: ${payload.toString()}`)
  }
}
