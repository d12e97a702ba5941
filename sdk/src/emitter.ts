/** Listeners by name. A listener that throws disturbs nobody else. */
export class Emitter<Told> {
  readonly #listeners: { [Name in keyof Told]?: Set<(told: Told[Name]) => void> } = {}

  on<Name extends keyof Told>(name: Name, listener: (told: Told[Name]) => void): () => void {
    const set = this.#listeners[name] ?? new Set()
    this.#listeners[name] = set
    set.add(listener)
    return () => set.delete(listener)
  }

  emit<Name extends keyof Told>(name: Name, told: Told[Name]): void {
    for (const listener of [...(this.#listeners[name] ?? [])]) {
      try {
        listener(told)
      } catch (error) {
        console.error(error)
      }
    }
  }
}
