type Listener = (told: never) => void

export type Emitter<Told> = readonly [
  /** Returns its own unsubscribe. */
  on: <Name extends keyof Told>(name: Name, listener: (told: Told[Name]) => void) => () => void,
  tell: (name: string, told: unknown) => void,
]

/** Listeners by name. A listener that throws disturbs nobody else. */
export const createEmitter = <Told>(): Emitter<Told> => {
  const listeners = new Set<readonly [name: unknown, listener: Listener]>()
  return [
    (...pair) => {
      listeners.add(pair)
      return () => void listeners.delete(pair)
    },
    (name, told) => {
      for (const [heard, listener] of [...listeners]) {
        try {
          if (heard === name) listener(told as never)
        } catch (error) {
          console.error(error)
        }
      }
    },
  ]
}
