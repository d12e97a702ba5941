import { createInterface, type Interface } from 'node:readline'
import { CliError } from '../exits.js'
import type { Io } from '../io.js'
import { BadAnswer } from './answers.js'

const GONE = 'ended before the last question; nothing was written'

/** Asks on stderr and hears on stdin, a line an answer; stdout stays free for what the command prints. */
export class Prompt {
  readonly #lines: string[] = []
  readonly #interface: Interface
  readonly #io: Io
  #wake: () => void = () => undefined
  #isOver = false

  constructor(io: Io) {
    this.#io = io
    this.#interface = createInterface({ input: io.stdin, output: io.stderr, terminal: io.stderr.isTTY === true })
    this.#interface.on('line', line => {
      this.#lines.push(line)
      this.#wake()
    })
    const end = (): void => {
      this.#isOver = true
      this.#wake()
    }
    this.#interface.on('close', end)
    io.signal.addEventListener('abort', end, { once: true })
  }

  /** Asks until the answer is one; an empty one is `fallback`. Throws CliError where nobody answers any more. */
  async ask<Value>(question: string, fallback: string, parse: (text: string) => Value): Promise<Value> {
    for (;;) {
      this.#interface.setPrompt(`${question}${fallback === '' ? '' : ` [${fallback}]`} `)
      this.#interface.prompt()
      const line = await this.#next()
      try {
        return parse(line.trim() === '' ? fallback : line.trim())
      } catch (error) {
        if (!(error instanceof BadAnswer)) throw error
        this.#io.stderr.write(`  ${error.message}\n`)
      }
    }
  }

  close(): void {
    this.#interface.close()
  }

  async #next(): Promise<string> {
    for (;;) {
      const line = this.#lines.shift()
      if (line !== undefined) return line
      if (this.#isOver) {
        // The question stands without its answer.
        this.#io.stderr.write('\n')
        throw new CliError('failed', GONE)
      }
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }
}
