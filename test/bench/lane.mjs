import { Frame } from '@pulssi/protocol/client'
import { FrameRing } from './frame-ring.mjs'
import { RawSocket } from './raw-socket.mjs'

/** Batches that a connection has on the way at once. */
const WINDOW = 16
const FRAMES = 4096

/**
 * A connection that keeps its window full, or as full as `allowed` lets it. Its frames live longer than the
 * connection, since the numbers of its visitors' events go on.
 */
export class Lane {
  sent = 0
  acked = 0
  #ring
  #allowed
  #socket = null
  #onAcked = () => {}
  #number = 0
  #ackedNumber = 0
  #stopped = false

  constructor({ lane, single, frames = FRAMES }) {
    this.#ring = new FrameRing({ lane, single, frames })
  }

  /** `allowed`: events that may be sent in all by now. */
  async open(url, allowed = () => Number.POSITIVE_INFINITY) {
    this.#socket = await RawSocket.hello(url, 'sk_bench')
    this.#allowed = allowed
    this.#number = 0
    this.#ackedNumber = 0
    this.sent = 0
    this.acked = 0
    this.#stopped = false
    this.#socket.onFrame = frame => this.#hear(frame)
    this.#socket.onRead = () => this.pump()
  }

  pump() {
    const { eventsAFrame } = this.#ring
    const most = this.#stopped ? 0 : this.#allowed()
    // One write a frame, as from clients that know nothing of each other: frames in one piece cost a server less.
    while (this.#number - this.#ackedNumber < WINDOW && this.sent + eventsAFrame <= most) {
      this.#socket.write(this.#ring.next(++this.#number))
      this.sent += eventsAFrame
    }
  }

  /** Sends no more; resolves once everything sent is acknowledged. */
  async finish() {
    this.#stopped = true
    if (this.acked === this.sent) return
    await new Promise(resolve => {
      this.#onAcked = resolve
    })
  }

  close() {
    this.#socket.close()
  }

  #hear(frame) {
    if (frame[0] !== Frame.ack || frame[2].length > 0) throw new Error(`not an ack of all: ${JSON.stringify(frame)}`)
    this.#ackedNumber = frame[1]
    this.acked = frame[1] * this.#ring.eventsAFrame
    if (this.#stopped && this.acked === this.sent) this.#onAcked()
  }
}
