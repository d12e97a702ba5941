/** Whether the order of the rows is held: no row jumps away from under a finger, a pointer or the focus. */
import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** A mouse that was left lying on the table holds nothing any longer. */
const RESTING_MS = 15_000
/** After a finger was lifted. */
const LIFTED_MS = 3_000

export const useHold = (area: RefObject<HTMLElement | null>): boolean => {
  const [isPointed, setPointed] = useState(false)
  const [isFocused, setFocused] = useState(false)
  useEffect(() => {
    const node = area.current
    if (node === null) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const releaseAfter = (ms: number): void => {
      clearTimeout(timer)
      timer = setTimeout(() => setPointed(false), ms)
    }
    const pointed = (): void => {
      setPointed(true)
      releaseAfter(RESTING_MS)
    }
    const lifted = (event: PointerEvent): void => {
      if (event.pointerType !== 'mouse') releaseAfter(LIFTED_MS)
    }
    const left = (event: PointerEvent): void => {
      if (event.pointerType === 'mouse') releaseAfter(0)
    }
    const focused = (): void => setFocused(true)
    const blurred = (event: FocusEvent): void => setFocused(node.contains(event.relatedTarget as Node | null))
    node.addEventListener('pointermove', pointed)
    node.addEventListener('pointerdown', pointed)
    node.addEventListener('pointerup', lifted)
    node.addEventListener('pointercancel', lifted)
    node.addEventListener('pointerleave', left)
    node.addEventListener('focusin', focused)
    node.addEventListener('focusout', blurred)
    return () => {
      clearTimeout(timer)
      node.removeEventListener('pointermove', pointed)
      node.removeEventListener('pointerdown', pointed)
      node.removeEventListener('pointerup', lifted)
      node.removeEventListener('pointercancel', lifted)
      node.removeEventListener('pointerleave', left)
      node.removeEventListener('focusin', focused)
      node.removeEventListener('focusout', blurred)
    }
  }, [area])
  return isPointed || isFocused
}
