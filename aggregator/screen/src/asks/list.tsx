/** All that can be looked at, by kind. */
import type { Item } from './items.js'
import { inLanguage } from './items.js'
import type { AskWords } from './words.js'

interface ListProps {
  readonly items: readonly Item[]
  readonly shown: string
  readonly language: string
  readonly words: AskWords
  readonly onShow: (id: string) => void
}

const saidBy = (item: Item, language: string, words: AskWords): string => {
  switch (item.kind) {
    case 'ask':
      return inLanguage(item.ask.text, language)
    case 'nudge':
      return inLanguage(item.nudge.text, language)
    case 'reply':
      return words.replyText
    default:
      return item satisfies never
  }
}

const nameOf = (item: Item, words: AskWords): string => {
  if (item.kind === 'reply') return words.reply
  return item.kind === 'ask' ? `${item.id} · ${item.ask.kind}` : item.id
}

export const List = ({ items, shown, language, words, onShow }: ListProps) => {
  const groups = [
    [words.asks, items.filter(({ kind }) => kind === 'ask')],
    [words.nudges, items.filter(({ kind }) => kind === 'nudge')],
    [words.replies, items.filter(({ kind }) => kind === 'reply')],
  ] as const
  return (
    <div class="asks-list">
      {groups.map(
        ([title, group]) =>
          group.length > 0 && (
            <section key={title}>
              <h2>{title}</h2>
              <ul>
                {group.map(item => (
                  <li key={item.id}>
                    <button type="button" aria-pressed={item.id === shown} onClick={() => onShow(item.id)}>
                      <b>{nameOf(item, words)}</b>
                      <bdi class="meta">{saidBy(item, language, words)}</bdi>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
    </div>
  )
}
