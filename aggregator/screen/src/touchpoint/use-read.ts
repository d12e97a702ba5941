import { useEffect, useReducer, useRef, useState } from 'preact/hooks'
import { useApp } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import { failedOf, type Held, type Read, readOf } from './read.js'

/**
 * Reads again every `everyMs`, while the page can be seen, and at once when the connection is back after a failure.
 * What belonged to another key is never shown. `wanted` null: there is nothing to ask yet; nothing is asked before the
 * server has told what may be read, either. Returns what was read and a way to read at once.
 */
export const useRead = <T>(
  wanted: string | null,
  ask: (signal: AbortSignal) => Promise<T>,
  everyMs: number,
): readonly [Read<T>, () => void] => {
  const { link } = useApp()
  const isKnown = useCell(link.project) !== null
  const key = isKnown ? wanted : null
  const [held, setHeld] = useState<Held<T> | null>(null)
  const [turn, again] = useReducer<number, void>(count => count + 1, 0)
  const isGood = useRef(true)

  useEffect(() => {
    if (key === null) return
    const controller = new AbortController()
    const { signal } = controller
    let timer: ReturnType<typeof setTimeout> | undefined
    const next = (): void => {
      if (!document.hidden) return again()
      document.addEventListener('visibilitychange', next, { once: true, signal })
    }
    const settled = (good: boolean): void => {
      isGood.current = good
      timer = setTimeout(next, everyMs)
    }
    ask(signal).then(
      value => {
        if (signal.aborted) return
        setHeld({ key, read: { state: 'ready', value, isOld: false } })
        settled(true)
      },
      error => {
        if (signal.aborted) return
        setHeld(before => failedOf(before, key, error))
        settled(false)
      },
    )
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [key, turn, everyMs])

  useEffect(
    () =>
      link.state.watch(() => {
        if (link.state.value.state === 'live' && !isGood.current) again()
      }),
    [link],
  )
  return [readOf(held, key), again]
}
