/** Another long operation is under way. */
export class Busy extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Busy'
  }
}

interface Task {
  readonly name: string
  readonly isShort: boolean
  readonly done: Promise<void>
}

/** Operations that move pieces of the log or count on their staying: one at a time. */
export class Gate {
  #task: Task | null = null

  /** Begins a long operation, after a short one that is under way. Returns its end. Throws Busy. */
  async enter(name: string): Promise<() => void> {
    while (this.#task?.isShort === true) await this.#task.done
    if (this.#task !== null) throw new Busy(`a ${this.#task.name} is under way: try again once it is done`)
    return this.#begin(name, false)
  }

  /** Begins a short operation that may as well be left out this time; null: something else is under way. */
  tryEnter(name: string): (() => void) | null {
    return this.#task === null ? this.#begin(name, true) : null
  }

  #begin(name: string, isShort: boolean): () => void {
    let end = (): void => {}
    const done = new Promise<void>(resolve => {
      end = resolve
    })
    const task: Task = { name, isShort, done }
    this.#task = task
    return () => {
      if (this.#task === task) this.#task = null
      end()
    }
  }
}
