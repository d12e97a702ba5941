/** Arrow keys in the table: one row is the tab stop, and wherever it is, it is drawn. */
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Place } from '../model/place.js'
import { useApp } from '../store/app.js'

const PAGE_ROWS = 10

/** undefined: the key moves nothing. */
export const movedTo = (key: string, current: number, count: number): number | undefined => {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: current + 1,
    ArrowUp: current - 1,
    PageDown: current + PAGE_ROWS,
    PageUp: current - PAGE_ROWS,
    Home: 0,
    End: count - 1,
  }
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined
  return target === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, target))
}

export interface Moves {
  /** Index of the tab stop. */
  readonly current: number
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onFocusIn: (event: FocusEvent) => void
}

export const useMoves = (body: RefObject<HTMLElement | null>, rows: readonly Place[]): Moves => {
  const { opened } = useApp()
  const [name, setName] = useState<string | null>(opened.value)
  /** The row that gets the focus once it is drawn; at first the one that was opened. */
  const wanted = useRef<string | null>(opened.value)
  const current = Math.max(
    0,
    rows.findIndex(row => row.name === name),
  )
  useLayoutEffect(() => {
    if (wanted.current === null) return
    const link = body.current?.querySelector<HTMLElement>(`tr[data-touchpoint="${CSS.escape(wanted.current)}"] a`)
    if (!link) return
    wanted.current = null
    opened.set(null)
    link.focus({ preventScroll: true })
    link.closest('tr')?.scrollIntoView({ block: 'nearest' })
  })
  return {
    current,
    onKeyDown: event => {
      const target = movedTo(event.key, current, rows.length)
      const row = target === undefined ? undefined : rows[target]
      if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      wanted.current = row.name
      setName(row.name)
    },
    onFocusIn: event => {
      const row = (event.target as Element).closest<HTMLElement>('tr[data-touchpoint]')
      if (row !== null) setName(row.getAttribute('data-touchpoint'))
    },
  }
}
