import { useLayoutEffect, useReducer } from 'preact/hooks'
import type { Readable } from './cell.js'

/** What a cell holds; draws again when it changes. */
export const useCell = <T>(source: Readable<T>): T => {
  const [, redraw] = useReducer<number, null>(count => count + 1, 0)
  const drawn = source.value
  useLayoutEffect(() => {
    // It may have changed between drawing and now.
    if (!Object.is(source.value, drawn)) redraw(null)
    return source.watch(() => redraw(null))
  }, [source])
  return drawn
}
