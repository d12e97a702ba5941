import type { Text } from '@pulssi/protocol/client'
import { element } from './elements.js'
import { addStyle } from './style.js'
import type { WidgetOptions } from './types.js'
import { pick, wordsIn } from './words.js'

/**
 * What a message stands in: the card with its title and its body, the message in its language, that language, the
 * widget's own words by Word, and what shows something else, which begins with what is said.
 */
export type Frame = readonly [
  card: HTMLElement,
  title: HTMLElement,
  body: HTMLElement,
  said: string,
  language: string,
  words: readonly string[],
  show: (said: string, ...content: Node[]) => void,
]

export const createFrame = (host: HTMLElement, text: Text, options: WidgetOptions, isCard: boolean): Frame => {
  const page = (host.closest<HTMLElement>('[lang]') ?? document.documentElement).lang || navigator.language
  const [tag, said] = pick(text, page)
  const language = tag || page
  const root = host.attachShadow({ mode: 'open' })
  addStyle(root)
  const title = element('p', 'title', { role: 'status', tabIndex: -1 })
  const body = element('div', 'body', null)
  const card = element('div', isCard ? 'card over' : 'card', isCard ? { role: 'dialog', ariaLabel: said } : null)
  card.append(title, body)
  card.lang = language
  card.dir = tag && (/^(ar|fa|he|ps|ur|yi)\b/.test(tag) ? 'rtl' : 'ltr')
  root.append(card)
  const show = (words: string, ...content: Node[]): void => {
    const wasInside = root.activeElement
    title.textContent = words
    body.replaceChildren(...content)
    // What had the focus is no more.
    if (wasInside) (body.querySelector<HTMLElement>('[tabindex="0"]') ?? title).focus()
  }
  return [card, title, body, said, language, wordsIn(language, options), show]
}
