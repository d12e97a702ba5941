/** A service whose customers don't stop coming while nothing can be stored: its SDK keeps what it may, and says no beyond. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPulse } from '@pulssi/sdk'

const VISITOR = 'keeper'
const STREAM = 's-keeper'
const TOUCHPOINT = 'shop.home'
const BEAT_MS = 20
const BEAT_EVENTS = 10

export class Keeper {
  /** The most events that waited for an acknowledgement at once. */
  mostQueued = 0
  /** Events that the SDK had no room for, and said so. */
  full = 0
  #pulse
  #file
  #seq = 0
  #timer

  constructor({ url, key, folder }) {
    this.#pulse = createPulse({ url, key, identity: 'host', visitor: VISITOR })
    this.#file = join(folder, `acknowledged-${VISITOR}.ndjson`)
    this.#timer = setInterval(() => this.#beat(), BEAT_MS)
  }

  #beat() {
    for (let i = 0; i < BEAT_EVENTS; i++) {
      const event = { visitor: VISITOR, stream: STREAM, seq: this.#seq, touchpoint: TOUCHPOINT, kind: 'enter' }
      if (this.#pulse.send(event) === 'queued') this.#seq++
      else this.full++
    }
    this.mostQueued = Math.max(this.mostQueued, this.#pulse.stats().queued)
  }

  /** Sends no more; resolves once all that was taken is acknowledged. Rejects where some of it was lost. */
  async end() {
    clearInterval(this.#timer)
    await this.#pulse.flush()
    const { acked, queued } = this.#pulse.stats()
    await this.#pulse.close()
    if (acked !== this.#seq || queued > 0)
      throw new Error(`the SDK took ${this.#seq} events, and ${acked} came through`)
    const lineOf = (_, seq) => `${JSON.stringify([VISITOR, STREAM, seq, TOUCHPOINT, 'enter', ''])}\n`
    appendFileSync(this.#file, Array.from({ length: this.#seq }, lineOf).join(''))
  }
}
