import { Worker as Thread } from 'node:worker_threads'
import { Folder } from './folder.js'
import { PARTIAL_MS } from './limits.js'
import type { FromFolder, ToFolder } from './messages.js'

/** Where engines run. Messages are handled in the order of `post`; answers come later, never within `post`. */
export interface EngineHost {
  post(message: ToFolder, transfer?: ArrayBuffer[]): void
  close(): Promise<void>
}

export interface HostEvents {
  message(message: FromFolder): void
  /** The host is gone without having been closed. */
  died(error: Error): void
}

/** Engines in a thread of their own, so that folding takes nothing from the sockets. */
class ThreadHost implements EngineHost {
  readonly #thread: Thread
  #closing = false

  constructor(file: URL, events: HostEvents) {
    this.#thread = new Thread(file)
    this.#thread.on('message', (message: FromFolder) => events.message(message))
    this.#thread.on('error', error => {
      this.#closing = true
      events.died(error instanceof Error ? error : new Error(String(error)))
    })
    this.#thread.on('exit', code => {
      if (!this.#closing) events.died(new Error(`the engine's thread ended with code ${code}`))
    })
  }

  post(message: ToFolder, transfer: ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer)
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#thread.terminate()
  }
}

/** Engines in this thread: for programs that run from sources, where no file for a thread stands beside. */
class LocalHost implements EngineHost {
  readonly #folder: Folder
  readonly #beat: NodeJS.Timeout
  readonly #events: HostEvents
  #queue: ToFolder[] = []
  #closed = false

  constructor(events: HostEvents) {
    this.#events = events
    this.#folder = new Folder(message => events.message(message))
    this.#beat = setInterval(() => this.#folder.beat(), PARTIAL_MS)
  }

  post(message: ToFolder): void {
    this.#queue.push(message)
    if (this.#queue.length === 1) setImmediate(() => this.#run())
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#beat)
  }

  #run(): void {
    const queue = this.#queue
    this.#queue = []
    for (const message of queue) {
      if (this.#closed) return
      try {
        this.#folder.handle(message)
      } catch (error) {
        this.#events.died(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }
}

/** A thread where the built file stands beside this one, else this thread. */
export const startHost = (events: HostEvents): EngineHost =>
  import.meta.url.endsWith('.ts')
    ? new LocalHost(events)
    : new ThreadHost(new URL('./thread.js', import.meta.url), events)
