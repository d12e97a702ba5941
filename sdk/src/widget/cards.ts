import { EARLY_MS, SWIPE_PX, TIMER_MS } from './limits.js'
import type { Message, WidgetClient, WidgetOptions } from './types.js'
import { createView } from './view.js'

export const TAG = 'pulssi-ask'

type Heard = Partial<KeyboardEvent & FocusEvent>

/** `isTouched`: the visitor is busy with it. `hear`: of what the page does. */
type Card = readonly [
  id: string | undefined,
  open: () => void,
  hide: () => void,
  isTouched: () => unknown,
  hear: (event: Heard) => void,
]

/** The one that is seen, then the one that waits. */
const cards: (Card | undefined)[] = []

/** One for all cards, which the page thus has once however many there were. */
const hear = (event: Heard): void => cards[0]?.[4](event)

/** Puts the card into its other corner if it covers what has the focus. True: it did. */
const moveIfOver = (card: HTMLElement, field: Element): boolean => {
  const [a, b] = [field.getBoundingClientRect(), card.getBoundingClientRect()] as const
  const isOver = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
  if (isOver) card.classList.toggle('away')
  return isOver
}

/**
 * Shows a message in a card, or lets it wait while the visitor is busy with another. An untouched card gives way to a
 * newer one, and comes again after it. What is there already by its id is not shown twice. Returns what takes it away.
 */
export const openCard = (pulse: WidgetClient, message: Message, options: WidgetOptions): (() => void) => {
  const id = message[0]
  if (id && cards.some(other => other?.[0] === id)) return () => {}
  const host = document.createElement(TAG)
  const gone = (): void => {
    const at = cards.indexOf(self)
    if (at < 0) return
    cards.splice(at, 1)
    if (at) return
    self[2]()
    cards[0]?.[1]()
  }
  const [card, seen, close, settle] = createView(host, message, options, pulse, gone)
  let before: HTMLElement | null | undefined
  const heard = ({ key, defaultPrevented, isComposing, relatedTarget }: Heard): void => {
    const field = document.activeElement
    if (field === host) before ??= relatedTarget as HTMLElement | null
    if (!field || field === host || field === document.body) {
      if (key === 'Escape' && !defaultPrevented && !isComposing) close()
    } else if (moveIfOver(card, field)) moveIfOver(card, field)
  }
  card.ontouchstart = ({ changedTouches: [start] }) => {
    card.ontouchend = ({ changedTouches: [end] }) => {
      const { clientX, clientY } = end as Touch
      const aside = clientX - (start as Touch).clientX
      if (Math.max(aside, -aside, clientY - (start as Touch).clientY) > SWIPE_PX) close()
    }
  }
  setTimeout(() => settle() || gone(), Math.min(message[6] - EARLY_MS, TIMER_MS))
  new IntersectionObserver(
    ([entry], eye) => {
      if (!(entry as IntersectionObserverEntry).isIntersecting) return
      eye.disconnect()
      seen()
    },
    { threshold: 0.5 },
  ).observe(card)
  const open = (): void => {
    document.body.append(host)
    // Above all that the page stacks, and no matter what it does to its boxes.
    card.showPopover?.()
    for (const name of ['keydown', 'focusin', 'scroll']) addEventListener(name, hear as () => void)
    heard({})
  }
  const hide = (): void => {
    const hadFocus = document.activeElement === host
    host.remove()
    if (hadFocus) before?.focus()
  }
  const isTouched = () => host.isConnected && (card.matches(':hover,:focus-within') || card.querySelector('.undo'))
  const self: Card = [id, open, hide, isTouched, heard]
  const [other] = cards
  if (other?.[3]()) cards[1] = self
  else {
    other?.[2]()
    cards.splice(0, 2, self, other)
    open()
  }
  return gone
}
