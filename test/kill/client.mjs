/**
 * What every client process does around its connection: it makes events at its pace, writes each acknowledged one to
 * its own file, and tells the driver of its connection.
 */
import { openSync, writeSync } from 'node:fs'
import { Random } from '../bench/random.mjs'
import { Story } from './story.mjs'

const TOLD_MS = 100
/** Events made at once, at most: behind its pace a client doesn't let loose everything in one go. */
const SPURT_EVENTS = 2_000

export class Client {
  random
  #story
  #file
  #perSecond
  #startedAt = Date.now()
  #made = 0
  #acked = 0
  #refusals = 0
  #mostHeld = 0
  #stopping = false

  constructor({ client, seed, file, perSecond }) {
    this.random = new Random(seed)
    this.#story = new Story(this.random, client)
    this.#file = openSync(file, 'a')
    this.#perSecond = perSecond
    process.on('message', ({ type }) => {
      if (type === 'stop') this.#stopping = true
    })
    process.on('disconnect', () => process.exit(1))
    setInterval(() => process.send({ type: 'progress', ...this.#progress }), TOLD_MS)
  }

  get #progress() {
    return { acked: this.#acked, refusals: this.#refusals, mostHeld: this.#mostHeld }
  }

  get isStopping() {
    return this.#stopping
  }

  /** So many events as its pace allows by now, `most` at most. */
  make(most) {
    const due = (this.#perSecond * (Date.now() - this.#startedAt)) / 1_000 - this.#made
    const count = this.#stopping ? 0 : Math.min(most, Math.floor(due), SPURT_EVENTS)
    if (count < 1) return []
    this.#made += count
    this.#mostHeld = Math.max(this.#mostHeld, this.#made - this.#acked)
    return this.#story.events(count)
  }

  acknowledged(events) {
    this.#acked += events.length
    writeSync(this.#file, events.map(event => `${JSON.stringify(event)}\n`).join(''))
  }

  /** The server takes nothing for now, and said when to come again. */
  refused() {
    this.#refusals++
  }

  up() {
    process.send({ type: 'up' })
  }

  /** `frames`: how many were on their way, unanswered; null where the client can't tell. */
  down(frames, events) {
    process.send({ type: 'down', frames, events })
  }

  /** Everything that was made is acknowledged. `sent` counts repeats too. */
  done(sent) {
    process.send({ type: 'done', ...this.#progress, made: this.#made, sent }, () => process.exit(0))
  }
}
