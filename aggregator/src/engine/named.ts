import { decodeUtf8 } from './bytes.js'
import type { Places } from './places.js'
import { EVENT_BYTES, EVENTS_HEADER_BYTES } from './record.js'

const UNSET = -2
const PLACES = 256

/** What the `events` record at hand names: its places, found once each, and its strings. */
export class Named {
  /** Of each place that was asked for: its channel. */
  readonly channel = new Int16Array(PLACES)
  readonly #places: Places
  #view: DataView = new DataView(new ArrayBuffer(0))
  #entry: Uint8Array = new Uint8Array(0)
  #strings = 0
  readonly #placeAt = new Int32Array(PLACES)
  readonly #touchpoint = new Int16Array(PLACES)

  constructor(places: Places) {
    this.#places = places
  }

  /** Takes the record at `at`, of `count` events, at hand. */
  locate(view: DataView, entry: Uint8Array, at: number, count: number): void {
    this.#view = view
    this.#entry = entry
    const places = view.getUint8(at + 44)
    let next = at + EVENTS_HEADER_BYTES + count * EVENT_BYTES
    for (let i = 0; i < places; i++) {
      this.#placeAt[i] = next
      this.#touchpoint[i] = UNSET
      next += 1 + view.getUint8(next)
      next += 1 + view.getUint8(next)
      next += 2 + view.getUint16(next, true)
    }
    this.#strings = next
  }

  /** The touchpoint of a place; its channel is noted too. */
  place(index: number): number {
    const known = this.#touchpoint[index] as number
    if (known !== UNSET) return known
    const view = this.#view
    const at = this.#placeAt[index] as number
    const length = view.getUint8(at)
    const place = this.#places.find(this.#entry, at + 1, length)
    this.#touchpoint[index] = place
    const channelAt = at + 1 + length
    const channelLength = view.getUint8(channelAt)
    this.channel[index] =
      channelLength === 0 ? 0 : this.#places.channels.place(decodeUtf8(this.#entry, channelAt + 1, channelLength))
    return place
  }

  /** String number `index`, from 1. */
  string(index: number): string {
    const view = this.#view
    let at = this.#strings
    for (let i = 1; i < index; i++) at += 2 + view.getUint16(at, true)
    return decodeUtf8(this.#entry, at + 2, view.getUint16(at, true))
  }
}
