import { EARLY_MS, SWIPE_PX, TIMER_MS } from './limits.js'
import type { Deliver, Message, WidgetOptions } from './types.js'
import { createView, type View } from './view.js'

export const TAG = 'pulssi-ask'

/** `isTouched`: the visitor is busy with it. */
type Card = readonly [id: string | undefined, open: () => void, hide: () => void, isTouched: () => unknown]

/** One card is seen, one waits. */
const slot: [seen?: Card | undefined, waiting?: Card | undefined] = []

/** What touches and keys do to a card; with `addEventListener` from now on, with `removeEventListener` no more. */
const listenTo = (host: HTMLElement, { $card: card, $close: close }: View) => {
  const moveIfOver = (field: Element): boolean => {
    const [a, b] = [field.getBoundingClientRect(), card.getBoundingClientRect()]
    const isOver = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    if (isOver) card.classList.toggle('away')
    return isOver
  }
  const hear = ({ key, defaultPrevented, isComposing }: Partial<KeyboardEvent>): void => {
    const field = document.activeElement
    if (!field || field === host || field === document.body) {
      if (key === 'Escape' && !defaultPrevented && !isComposing) close()
    } else if (moveIfOver(field)) moveIfOver(field)
  }
  let start: Touch
  card.ontouchstart = event => {
    start = event.touches[0] as Touch
  }
  card.ontouchend = event => {
    const end = event.changedTouches[0] as Touch
    const downPx = Math.max(0, end.clientY - start.clientY)
    if (Math.hypot(end.clientX - start.clientX, downPx) > SWIPE_PX) close()
  }
  return (turn: typeof addEventListener): void => {
    for (const name of ['keydown', 'focusin', 'scroll']) turn(name, hear as () => void)
    hear({})
  }
}

/**
 * Shows a message in a card, or lets it wait while the visitor is busy with another. An untouched card gives way to a
 * newer one, and comes again after it. What is there already by its id is not shown twice. Returns what takes it away.
 */
export const openCard = (message: Message, options: WidgetOptions, deliver: Deliver): (() => void) => {
  const id = message[0]
  if (id && slot.some(other => other?.[0] === id)) return () => {}
  const host = document.createElement(TAG)
  let before: EventTarget | null = null
  const gone = (): void => {
    const [seen, waiting] = slot
    if (waiting === self) slot[1] = undefined
    if (seen !== self) return
    self[2]()
    slot.length = 0
    waiting?.[1]()
  }
  const view = createView(host, message, options, deliver, gone)
  const card = view.$card
  const listen = listenTo(host, view)
  setTimeout(() => view.$settle() || gone(), Math.min(message[6] - EARLY_MS, TIMER_MS))
  new IntersectionObserver(
    ([entry], eye) => {
      if (!entry?.isIntersecting) return
      eye.disconnect()
      view.$seen()
    },
    { threshold: 0.5 },
  ).observe(card)
  card.addEventListener('focusin', event => {
    before ??= event.relatedTarget
  })
  const self: Card = [
    id,
    () => {
      slot[0] = self
      document.body.append(host)
      // Above all that the page stacks, and no matter what it does to its boxes.
      card.popover = 'manual'
      card.showPopover?.()
      listen(addEventListener)
    },
    () => {
      const hadFocus = document.activeElement === host
      listen(removeEventListener)
      host.remove()
      if (hadFocus) (before as HTMLElement | null)?.focus()
    },
    () => host.isConnected && (card.matches(':hover,:focus-within') || card.querySelector('.undo')),
  ]
  const [seen] = slot
  if (seen?.[3]()) slot[1] = self
  else {
    slot[1] = seen
    seen?.[2]()
    self[1]()
  }
  return gone
}
