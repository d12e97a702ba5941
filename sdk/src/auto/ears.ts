export type Stop = () => void

/** All that listens, to be ended together. What goes wrong in it stays in there. */
export interface Ears {
  /** Tells `abort` when all ends. */
  readonly $signal: AbortSignal
  /** `names`: of events, with spaces between. Before the page's own listeners, which may stop an event. */
  $on(this: void, target: EventTarget, names: string, run: (event: never) => void): void
  $stop: Stop
}

export const now = (): number => performance.now()

/** A page never breaks. */
export const guarded =
  <Args extends unknown[]>(run: (...args: Args) => void) =>
  (...args: Args): void => {
    try {
      run(...args)
    } catch {
      // Nobody to tell: whoever reads the page's console has not asked for this.
    }
  }

export const createEars = (): Ears => {
  const aborting = new AbortController()
  const { signal } = aborting
  return {
    $signal: signal,
    $on: (target, names, run) => {
      for (const name of names.split(' '))
        target.addEventListener(name, guarded(run) as EventListener, { capture: true, passive: true, signal })
    },
    $stop: () => aborting.abort(),
  }
}
