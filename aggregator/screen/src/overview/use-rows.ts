/** The touchpoints that the table shows, in order. */
import type { RefObject } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import { EVERYTHING, type Filter, inHeldOrder, matches, valuesOf, worstFirst } from '../model/order.js'
import type { Place } from '../model/place.js'
import { useApp } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import { useHold } from './use-hold.js'

export interface Rows {
  readonly rows: readonly Place[]
  readonly all: number
  /** Touchpoints with an incident that fires or was acknowledged. */
  readonly troubled: ReadonlySet<string>
  readonly isHeld: boolean
  readonly filter: Filter
  readonly setFilter: (filter: Filter) => void
  readonly stages: readonly string[]
  readonly channels: readonly string[]
}

export const useRows = (body: RefObject<HTMLElement | null>): Rows => {
  const { figures, incidents } = useApp()
  const { places } = useCell(figures.shown)
  const open = useCell(incidents)
  const [filter, setFilter] = useState(EVERYTHING)
  const isHeld = useHold(body)
  const order = useRef<readonly string[]>([])
  const troubled = useMemo(
    () => new Set(open.flatMap(({ state, touchpoint }) => (state === 'pending' ? [] : [touchpoint]))),
    [open],
  )
  const sorted = useMemo(() => worstFirst(places.values(), troubled), [places, troubled])
  const ordered = useMemo(() => {
    const now = inHeldOrder(sorted, isHeld ? order.current : null)
    order.current = now.map(({ name }) => name)
    return now
  }, [sorted, isHeld])
  const rows = useMemo(() => ordered.filter(place => matches(place, filter)), [ordered, filter])
  const stages = useMemo(() => valuesOf(places.values(), ({ stage }) => stage), [places])
  const channels = useMemo(() => valuesOf(places.values(), ({ channel }) => channel), [places])
  return { rows, all: ordered.length, troubled, isHeld, filter, setFilter, stages, channels }
}
