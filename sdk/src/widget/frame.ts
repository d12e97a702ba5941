import type { Text } from '@pulssi/protocol/client'
import { element } from './elements.js'
import { STYLE } from './style.js'
import type { WidgetOptions } from './types.js'
import { type OwnWords, pick, wordsIn } from './words.js'

/**
 * What a message stands in: the card with its title, the message in its language, that language, the widget's own words,
 * and what shows something else, which begins with what is said.
 */
export type Frame = readonly [
  card: HTMLElement,
  title: HTMLElement,
  said: string,
  language: string,
  words: OwnWords,
  show: (said: string, ...content: (Node | string)[]) => void,
]

export const createFrame = (host: HTMLElement, text: Text, options: WidgetOptions, isCard: boolean): Frame => {
  const page = (host.closest<HTMLElement>('[lang]') ?? document.documentElement).lang || navigator.language
  const [tag, said] = pick(text, page)
  const language = tag || page
  const root = host.attachShadow({ mode: 'open' })
  // A policy that allows no styles in the page still allows sheets that a script makes.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)
  root.adoptedStyleSheets = [sheet]
  const title = element('p', 'title', { role: 'status', tabIndex: -1 })
  const body = element('div', 'body', null)
  // It runs as its words do, the first of which are what is said.
  const look = { lang: language, dir: 'auto', ...(isCard && { role: 'dialog', ariaLabel: said, popover: 'manual' }) }
  const card = element('div', isCard ? 'card over' : 'card', look, title, body)
  root.append(card)
  const show = (words: string, ...content: (Node | string)[]): void => {
    const wasInside = root.activeElement
    title.textContent = words
    body.replaceChildren(...content)
    // What had the focus is no more.
    if (wasInside) (body.querySelector<HTMLElement>('[tabindex="0"]') ?? title).focus()
  }
  return [card, title, said, language, wordsIn(language, options), show]
}
