export type Stop = () => void

/** Ends all that listens. */
export type Ears = AbortSignal

/** Where it exists, addresses need no patching: https://html.spec.whatwg.org/#navigation-api. */
export const { navigation } = globalThis as { navigation?: Navigation }

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

/** `names`: of events, with spaces between. Before the page's own listeners, which may stop an event. */
export type Listen = (names: string, run: (event: never) => void) => void

export const createListen =
  (signal: Ears): Listen =>
  (names, run) => {
    for (const name of names.split(' '))
      for (const target of [window, navigation])
        target?.addEventListener(name, guarded(run) as EventListener, { capture: true, signal })
  }

/** Calls `run` after each call of a method, with what it was called with. */
export const wrap = <Name extends string, Args extends unknown[]>(
  ears: Ears,
  object: Record<Name, (...args: Args) => void>,
  name: Name,
  run: (...args: Args) => void,
): void => {
  const original = object[name]
  const wrapped = (...args: Args): void => {
    original.apply(object, args)
    guarded(run)(...args)
  }
  object[name] = wrapped
  ears.addEventListener('abort', () => {
    // Somebody else may have wrapped it since.
    if (object[name] === wrapped) object[name] = original
  })
}
