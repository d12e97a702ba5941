/** Plays a frame to the widget in a visitor's page, with a client that tells what it would send and sends nothing. */
import { Frame, type ServerFrame } from '@pulssi/protocol/client'

type Listener = (frame: ServerFrame) => void

interface Widget {
  attach(client: unknown): unknown
}

const EVENTS: Partial<Record<ServerFrame[0], string>> = {
  [Frame.ask]: 'ask',
  [Frame.nudge]: 'nudge',
  [Frame.reply]: 'reply',
}

const FROM_RIGHT = /^(ar|he|fa|ur|ps|yi|dv|ug|ckb|sd)\b/i

export interface Scene {
  readonly frame: ServerFrame
  /** BCP 47 */
  readonly language: string
  readonly theme: 'light' | 'dark'
  /** Head of the page. */
  readonly title: string
  /** What would be sent, as the SDK's call. */
  readonly onSaid: (text: string) => void
  /** A link was followed, were it not caught. */
  readonly onOpen: () => void
}

const dress = ({ documentElement, title, body }: Document, scene: Scene): void => {
  documentElement.lang = scene.language
  documentElement.dir = FROM_RIGHT.test(scene.language) ? 'rtl' : 'ltr'
  documentElement.setAttribute('data-theme', scene.theme)
  const head = body.querySelector('h1')
  if (head !== null && title !== scene.title) head.textContent = scene.title
}

/** A link is told, not followed: the page would be lost. */
const catchLinks = (page: Document, onOpen: () => void): void =>
  page.addEventListener(
    'click',
    event => {
      if (!event.composedPath().some(each => (each as Element).tagName === 'A')) return
      event.preventDefault()
      onOpen()
    },
    true,
  )

/** false: the page has no widget. */
export const play = (view: Window, scene: Scene): boolean => {
  const { pulssiWidget } = view as { pulssiWidget?: Widget }
  dress(view.document, scene)
  if (pulssiWidget === undefined) return false
  catchLinks(view.document, scene.onOpen)
  const listeners = new Map<string, Listener>()
  const call =
    (name: string) =>
    (...given: unknown[]): void =>
      scene.onSaid(`${name}(${given.map(each => JSON.stringify(each)).join(', ')})`)
  pulssiWidget.attach({
    on: (event: string, listener: Listener) => {
      listeners.set(event, listener)
      return () => listeners.delete(event)
    },
    feedback: call('feedback'),
    asked: call('asked'),
  })
  listeners.get(EVENTS[scene.frame[0]] ?? '')?.(scene.frame)
  return true
}
