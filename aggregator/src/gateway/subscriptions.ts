import type { SubscribeFrame } from '@pulssi/protocol'
import type { Board, Subscriber } from '../board/index.js'
import { mayRead, type Reader } from './access.js'

/** Where a connection's pulses go. */
export interface Outlet {
  readonly congested: boolean
  write(prepared: Uint8Array): void
}

interface Subscription {
  readonly subscriber: Subscriber
  readonly frame: SubscribeFrame
  readonly release: () => void
}

export type Added = 'added' | 'tooMany' | 'tooManyOfAddress'

/** The subscriptions of one connection, by their ids. */
export class Subscriptions {
  readonly #board: Board
  readonly #outlet: Outlet
  readonly #max: number
  readonly #byId = new Map<number, Subscription>()

  readonly #another: () => (() => void) | null

  /** `another` counts one more for the address and returns what counts it down again; null: it has enough of them. */
  constructor(board: Board, outlet: Outlet, max: number, another: () => (() => void) | null) {
    this.#another = another
    this.#board = board
    this.#outlet = outlet
    this.#max = max
  }

  get size(): number {
    return this.#byId.size
  }

  /** The same id starts anew. */
  add(reader: Reader, frame: SubscribeFrame): Added {
    const [, id, touchpoints, windows] = frame
    this.remove(id)
    if (this.#byId.size >= this.#max) return 'tooMany'
    const release = this.#another()
    if (release === null) return 'tooManyOfAddress'
    const subscriber = new Receiver(id, this.#outlet)
    this.#byId.set(id, { subscriber, frame, release })
    const permission = JSON.stringify([...reader.touchpoints].sort())
    this.#board.subscribe(subscriber, { touchpoints, windows, permission, allows: name => mayRead(reader, name) })
    return 'added'
  }

  remove(id: number): void {
    const found = this.#byId.get(id)
    if (found === undefined) return
    this.#byId.delete(id)
    found.release()
    this.#board.unsubscribe(found.subscriber)
  }

  /** A fresh token may show more, or less: all start anew under it. */
  renew(reader: Reader): void {
    for (const { frame } of [...this.#byId.values()]) this.add(reader, frame)
  }

  clear(): void {
    for (const id of [...this.#byId.keys()]) this.remove(id)
  }
}

class Receiver implements Subscriber {
  readonly id: number
  readonly #outlet: Outlet

  constructor(id: number, outlet: Outlet) {
    this.id = id
    this.#outlet = outlet
  }

  get congested(): boolean {
    return this.#outlet.congested
  }

  send(prepared: Uint8Array): void {
    this.#outlet.write(prepared)
  }
}
