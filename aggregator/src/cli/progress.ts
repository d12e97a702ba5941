import type { Io } from './io.js'

const REDRAW_MS = 100
const BAR_CHARS = 30
const CLEAR_LINE = '\r\u001b[K'

/** A bar on stderr where that is a terminal; nothing at all elsewhere. */
export class Progress {
  readonly #io: Io
  readonly #sizeBytes: number
  readonly #startMs: number
  #drawnMs = 0
  #isShown = false

  constructor(io: Io, sizeBytes: number) {
    this.#io = io
    this.#sizeBytes = sizeBytes
    this.#startMs = io.now()
  }

  draw(readBytes: number, events: number): void {
    if (this.#io.stderr.isTTY !== true) return
    const now = this.#io.now()
    if (now - this.#drawnMs < REDRAW_MS) return
    this.#drawnMs = now
    const part = this.#sizeBytes === 0 ? 1 : Math.min(1, readBytes / this.#sizeBytes)
    const filled = Math.round(part * BAR_CHARS)
    const seconds = Math.max(0.001, (now - this.#startMs) / 1_000)
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_CHARS - filled)
    const rate = Math.round(events / seconds).toLocaleString('en')
    this.#io.stderr.write(
      `${CLEAR_LINE}${bar} ${Math.round(part * 100)} %  ${events.toLocaleString('en')} events  ${rate}/s`,
    )
    this.#isShown = true
  }

  /** Takes the bar away, so that what follows stands on a line of its own. */
  end(): void {
    if (this.#isShown) this.#io.stderr.write(CLEAR_LINE)
    this.#isShown = false
  }
}
