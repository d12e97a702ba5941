import type { Subject } from '../engine/index.js'

/** Those who wait for something to become so. */
export class Waits {
  #waiting: (() => void)[] = []

  /** Looks now and after each `wake`. Resolves once `isSo` says yes; rejects with what it throws. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    }
  }

  wake(): void {
    for (const look of this.#waiting.splice(0)) look()
  }
}

/** Questions for what an engine holds of a visitor, on their way. */
export class Subjects {
  readonly #asked = new Map<number, (subject: Subject | null) => void>()
  #last = 0

  ask(post: (id: number) => void): Promise<Subject | null> {
    const id = ++this.#last
    return new Promise(resolve => {
      this.#asked.set(id, resolve)
      post(id)
    })
  }

  answer({ id, subject }: { readonly id: number; readonly subject: Subject | null }): void {
    this.#asked.get(id)?.(subject)
    this.#asked.delete(id)
  }
}
