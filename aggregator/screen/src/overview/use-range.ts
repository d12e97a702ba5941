/** Which rows of the table lie in view, and how high a row is. */
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { type Range, visibleRange } from '../model/range.js'

interface View extends Range {
  readonly rowPx: number
}

const UNKNOWN: View = { from: 0, to: 24, rowPx: 0 }

const measured = (body: HTMLElement, count: number): View => {
  const row = body.querySelector<HTMLElement>('tr[data-touchpoint]')
  const rowPx = row === null ? 0 : row.offsetHeight + Number.parseFloat(getComputedStyle(row).marginBottom)
  return { ...visibleRange(count, rowPx, body.getBoundingClientRect().top, innerHeight), rowPx }
}

const isSame = (a: View, b: View): boolean => a.from === b.from && a.to === b.to && a.rowPx === b.rowPx

export const useRange = (body: RefObject<HTMLElement | null>, count: number): View => {
  const [view, setView] = useState<View>(UNKNOWN)
  const look = (): void => {
    const node = body.current
    if (node === null) return
    const next = measured(node, count)
    setView(before => (isSame(before, next) ? before : next))
  }
  useLayoutEffect(look, [count])
  useEffect(() => {
    let frame = 0
    // Once a frame, whatever comes in between: no reading of the layout after writing to it.
    const later = (): void => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(look)
    }
    const observer = new ResizeObserver(later)
    observer.observe(document.documentElement)
    addEventListener('scroll', later, { passive: true })
    return () => {
      cancelAnimationFrame(frame)
      observer.disconnect()
      removeEventListener('scroll', later)
    }
  }, [count])
  return view
}
