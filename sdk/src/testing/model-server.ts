import { guardClient } from '@pulssi/protocol'
import {
  type BatchFrame,
  decode,
  encode,
  Fault,
  type ForgetFrame,
  Frame,
  type HelloFrame,
  Kind,
  Refusal,
} from '@pulssi/protocol/client'
import type { Far, Line, World } from './world.js'

/** How often things go wrong, each from 0 to 1. */
export interface Weather {
  drop: number
  rateLimit: number
  lateAck: number
}

/** Goals of this value break their frame; feedback of this score is refused alone. */
export const POISON = 666
export const BAD_SCORE = 99

interface Place {
  role: 'hello' | 'open'
  next: number
  refusing: number | null
  unacked: number[]
  refused: [number, number, number][]
  hello: HelloFrame | null
}

/** Takes frames by the rules of the wire, at random loses connections, acknowledges late, refuses for now. */
export class ModelServer implements Far {
  world!: World
  weather: Weather = { drop: 0, rateLimit: 0, lateAck: 0 }
  welcome: readonly unknown[] = [Frame.welcome, 'd.1', 0, 65_536, 100, 1_000, 5_000]
  /** Breaks of the rules by the client. */
  readonly faults: string[] = []
  readonly hellos: HelloFrame[] = []
  readonly batches: BatchFrame[] = []
  /** Erasures, each with the number of batches that came before. */
  readonly forgotten: { visitor: string | null; before: number }[] = []
  /** `visitor stream` → seqs, in the order of their first coming. */
  readonly stored = new Map<string, number[]>()
  readonly #acked = new Set<string>()
  #frames = new Map<number, string[]>()
  #place: Place | null = null
  #line: Line | null = null

  opened(line: Line): void {
    this.#line = line
    this.#frames = new Map()
    this.#place = { role: 'hello', next: 1, refusing: null, unacked: [], refused: [], hello: null }
  }

  /** Tells the client something of its own accord. */
  say(frame: readonly unknown[]): void {
    this.#line?.deliver(encode(frame))
  }

  cut(code: number, reason?: string): void {
    this.#line?.drop(code, reason)
    this.#place = null
  }

  message(line: Line, bytes: Uint8Array): void {
    const place = this.#place
    if (line !== this.#line || !place) return
    const frame = decode(bytes) as unknown as HelloFrame | BatchFrame | ForgetFrame
    if (!guardClient(frame)) return this.cut(Fault.badFrame)
    if (frame[0] === Frame.hello) {
      if (place.role !== 'hello') this.faults.push('a second hello')
      place.role = 'open'
      place.hello = frame
      this.hellos.push(frame)
      this.say(this.welcome)
    } else if (frame[0] === Frame.batch || frame[0] === Frame.forget) this.#numbered(place, frame)
    else this.faults.push(`a frame of type ${frame[0]}`)
  }

  #numbered(place: Place, frame: BatchFrame | ForgetFrame): void {
    const number = frame[1]
    const random = () => this.world.random()
    if (place.role !== 'open') this.faults.push('a batch before the welcome')
    if (place.refusing !== null && number > place.refusing) return
    if (number !== (place.refusing ?? place.next))
      this.faults.push(`batch ${number}, not ${place.refusing ?? place.next}`)
    place.refusing = null
    place.next = number + 1
    if (frame[0] === Frame.batch) this.batches.push(frame)
    if (random() < this.weather.rateLimit) {
      place.refusing = number
      this.say([Frame.error, Fault.rateLimited, 'too many messages', 50, number, null])
      return
    }
    if (
      frame[0] === Frame.batch &&
      frame[4].some(group => group[4].some(event => event[0] === Kind.goal && event[3] === POISON))
    ) {
      this.cut(Fault.badFrame)
      return
    }
    if (random() < this.weather.drop / 2) return this.cut(1006)
    if (frame[0] === Frame.batch) this.#store(place, frame)
    else this.#forget(place, frame)
    if (random() < this.weather.drop / 2) return this.cut(1006)
    if (random() >= this.weather.lateAck) this.#ack(place)
    else this.world.after(random() * 100, () => this.#ack(place))
  }

  #forget(place: Place, [, number, visitor]: ForgetFrame): void {
    this.forgotten.push({ visitor: visitor ?? place.hello?.[3] ?? null, before: this.batches.length })
    this.#frames.set(number, [])
    place.unacked.push(number)
  }

  #store(place: Place, [, number, , , groups]: BatchFrame): void {
    const keys: string[] = []
    let position = 0
    for (const [visitor, stream, seq, , events] of groups) {
      const name = `${visitor} ${stream ?? place.hello?.[5]}`
      const seqs = this.stored.get(name) ?? []
      this.stored.set(name, seqs)
      events.forEach((event, index) => {
        const key = `${name} ${seq + index}`
        keys.push(key)
        if (this.#acked.has(key)) this.faults.push(`${key} again after its ack`)
        if (event[0] === Kind.feedback && event[4] === BAD_SCORE)
          place.refused.push([number, position, Refusal.badScore])
        if (!seqs.includes(seq + index)) seqs.push(seq + index)
        position++
      })
    }
    this.#frames.set(number, keys)
    place.unacked.push(number)
  }

  /** Acknowledges some of what is stored, or all of it. */
  #ack(place: Place): void {
    const late = this.world.random() < this.weather.lateAck
    const count = Math.ceil(place.unacked.length * (late ? this.world.random() : 1))
    const frames = place.unacked.splice(0, count)
    const last = frames.at(-1)
    if (place !== this.#place || last === undefined) return
    const line = this.#line
    const keys = frames.flatMap(number => this.#frames.get(number) ?? [])
    this.say([Frame.ack, last, place.refused.filter(([number]) => number <= last)])
    place.refused = place.refused.filter(([number]) => number > last)
    if (late) this.world.after(this.world.random() * 100, () => this.#ack(place))
    this.world.after(this.world.latencyMs, () => {
      if (line?.up) for (const key of keys) this.#acked.add(key)
    })
  }
}
