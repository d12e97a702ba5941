type Listener = (told: never) => void

export type Emitter<Told> = readonly [
  /** Returns its own unsubscribe. */
  on: <Name extends keyof Told>(name: Name, listener: (told: Told[Name]) => void) => () => void,
  tell: (name: string, told: unknown) => void,
]

/** Listeners by name. A listener that throws disturbs nobody else. `debug`: all that is told is also written. */
export const createEmitter = <Told>(debug?: boolean): Emitter<Told> => {
  let listeners: readonly (readonly [name: unknown, listener: Listener])[] = []
  return [
    (name, listener) => {
      const pair = [name, listener] as const
      listeners = [...listeners, pair]
      return () => {
        listeners = listeners.filter(other => other !== pair)
      }
    },
    (name, told) => {
      if (debug) console.log('pulssi', name, told)
      for (const [heard, listener] of listeners) {
        try {
          if (heard === name) listener(told as never)
        } catch (error) {
          console.error(error)
        }
      }
    },
  ]
}
