import { useCallback, useLayoutEffect, useReducer } from 'preact/hooks'
import type { Place } from '../model/place.js'
import { useApp } from '../store/app.js'
import type { Shown } from '../store/figures.js'

/** A part of the newest figures; draws again only when that part is another one, not with every update. */
export const useShown = <T>(select: (shown: Shown) => T): T => {
  const { shown } = useApp().figures
  const [, redraw] = useReducer<number, void>(count => count + 1, 0)
  const drawn = select(shown.value)
  useLayoutEffect(() => {
    const look = (): void => {
      if (!Object.is(select(shown.value), drawn)) redraw()
    }
    look()
    return shown.watch(look)
  }, [shown, drawn, select])
  return drawn
}

/** Whether the server's clock is known. */
export const useIsTimed = (): boolean => useShown(isTimed)

const isTimed = ({ clock }: Shown): boolean => clock > 0

/** The newest figures of a touchpoint or roll-up; undefined: none have come. */
export const usePlace = (name: string): Place | undefined =>
  useShown(useCallback(({ places }) => places.get(name), [name]))
