/** What can be looked at: each configured ask and nudge, and a reply such as a reader may write. */
import {
  ASK_FORMS,
  type ConfiguredAsk,
  type ConfiguredAsks,
  type ConfiguredNudge,
  Frame,
  type ServerFrame,
  type TextByLanguage,
} from '@pulssi/protocol/client'

export type Item =
  | { readonly kind: 'ask'; readonly id: string; readonly ask: ConfiguredAsk }
  | { readonly kind: 'nudge'; readonly id: string; readonly nudge: ConfiguredNudge }
  | { readonly kind: 'reply'; readonly id: string }

/** No ask or nudge can have it. */
const REPLY = '~reply'
/** Nobody looks at one for longer. */
const SHOWN_MS = 86_400_000
const SOMEWHERE = 'shop'
/** A path leads somewhere only on a page that has an address; the one in the frame has none. */
const PAGE = 'https://page.invalid'

export const itemsOf = ({ asks, nudges }: ConfiguredAsks): Item[] => [
  ...asks.map((ask): Item => ({ kind: 'ask', id: ask.id, ask })),
  ...nudges.map((nudge): Item => ({ kind: 'nudge', id: nudge.id, nudge })),
  { kind: 'reply', id: REPLY },
]

const textsOf = (item: Item): TextByLanguage[] => {
  switch (item.kind) {
    case 'ask':
      return [item.ask.text, ...item.ask.options]
    case 'nudge':
      return item.nudge.link === null ? [item.nudge.text] : [item.nudge.text, item.nudge.link.text]
    case 'reply':
      return []
    default:
      return item satisfies never
  }
}

/** Languages of all words, each once, in the order of the configuration; English where there are no words. */
export const languagesOf = (items: readonly Item[]): string[] => {
  const spelled = new Map<string, string>()
  for (const language of items.flatMap(textsOf).flatMap(text => Object.keys(text))) {
    if (!spelled.has(language.toLowerCase())) spelled.set(language.toLowerCase(), language)
  }
  return spelled.size === 0 ? ['en'] : [...spelled.values()]
}

const own = (text: TextByLanguage, language: string): string | undefined =>
  Object.keys(text).find(each => each.toLowerCase() === language.toLowerCase())

/** The language that stands in for a missing one; null: none of the words is missing. */
export const fallbackOf = (item: Item, language: string): string | null => {
  const without = textsOf(item).find(text => own(text, language) === undefined)
  return without === undefined ? null : (Object.keys(without)[0] ?? null)
}

export const inLanguage = (text: TextByLanguage, language: string): string =>
  text[own(text, language) ?? Object.keys(text)[0] ?? ''] ?? ''

const flat = (text: TextByLanguage): string[] => Object.entries(text).flat()

/** A touchpoint that a pattern matches. */
const exampleOf = ([pattern = SOMEWHERE]: readonly string[]): string => pattern.replace(/\.?\*$/, '') || SOMEWHERE

/** What the server would send; `reply`: the words of the sample. */
export const frameOf = (item: Item, reply: string): ServerFrame => {
  switch (item.kind) {
    case 'ask': {
      const { touchpoints, kind, text, options, comment } = item.ask
      const form = ASK_FORMS.indexOf(kind)
      const words = [flat(text), options.map(flat)] as const
      return [Frame.ask, `${item.id}.0`, exampleOf(touchpoints), form, ...words, comment, SHOWN_MS]
    }
    case 'nudge': {
      const { touchpoints, text, link } = item.nudge
      const leads = link === null ? null : ([new URL(link.href, PAGE).href, flat(link.text)] as const)
      return [Frame.nudge, `${item.id}.0`, exampleOf(touchpoints), flat(text), leads, SHOWN_MS]
    }
    case 'reply':
      return [Frame.reply, 'reply.0', SOMEWHERE, reply, SHOWN_MS]
    default:
      return item satisfies never
  }
}
