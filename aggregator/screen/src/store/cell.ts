/** A value that somebody may watch. */
export interface Readable<T> {
  readonly value: T
  /** Calls back after each change; returns its own end. */
  watch(listener: () => void): () => void
}

export interface Cell<T> extends Readable<T> {
  set(next: T): void
}

export const cell = <T>(first: T): Cell<T> => {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get value() {
      return value
    },
    set: next => {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    watch: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
