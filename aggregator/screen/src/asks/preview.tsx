/** One item as a visitor sees it, in the language, theme and width that are chosen. */
import { useState } from 'preact/hooks'
import { Facts } from './facts.js'
import { fallbackOf, frameOf, type Item } from './items.js'
import { Visitor, WIDTHS, type Width } from './visitor.js'
import type { AskWords } from './words.js'

const THEMES = ['light', 'dark'] as const
type Theme = (typeof THEMES)[number]

interface PreviewProps {
  readonly item: Item
  readonly page: string
  readonly languages: readonly string[]
  readonly language: string
  readonly onLanguage: (language: string) => void
  readonly words: AskWords
}

interface ChoiceProps<Value> {
  readonly label: string
  readonly value: Value
  readonly of: readonly Value[]
  readonly name: (value: Value) => string
  readonly onChange: (value: Value) => void
}

const Choice = <Value extends string | number>({ label, value, of, name, onChange }: ChoiceProps<Value>) => (
  <label>
    {label}
    <select value={value} onChange={event => onChange(of[event.currentTarget.selectedIndex] ?? value)}>
      {of.map(each => (
        <option key={each} value={each}>
          {name(each)}
        </option>
      ))}
    </select>
  </label>
)

const WIDTH: Width = 768

/** Of a language, in the page's. */
const nameOf = (language: string): string => {
  const name = new Intl.DisplayNames(document.documentElement.lang, { type: 'language' }).of(language)
  return name === undefined || name === language ? language : `${name} (${language})`
}

const Said = ({ said, words }: { readonly said: readonly string[]; readonly words: AskWords }) => (
  <section class="asks-said">
    <h2>{words.said}</h2>
    <ol aria-live="polite">
      {said.map((each, index) => (
        <li key={index}>
          <code>{each}</code>
        </li>
      ))}
    </ol>
    {said.length === 0 && <p class="meta">{words.nothing}</p>}
  </section>
)

export const Preview = ({ item, page, languages, language, onLanguage, words }: PreviewProps) => {
  const [theme, setTheme] = useState<Theme>(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  const [width, setWidth] = useState<Width>(WIDTH)
  const [turn, setTurn] = useState(0)
  const [isMissing, setMissing] = useState(false)
  const round = [item.id, language, theme, turn].join(' ')
  const [told, setTold] = useState<{ round: string; said: readonly string[] }>({ round, said: [] })
  const said = told.round === round ? told.said : []
  const tell = (text: string): void =>
    setTold(last => ({ round, said: last.round === round ? [...last.said, text] : [text] }))
  const fallback = fallbackOf(item, language)
  const scene = {
    ...{ frame: frameOf(item, words.replyText), language, theme, title: words.page },
    onSaid: tell,
    onOpen: () => tell(words.opens((item.kind === 'nudge' && item.nudge.link?.href) || '')),
  }
  const name = item.kind === 'reply' ? words.reply : item.id
  return (
    <section class="asks-preview" aria-label={name}>
      <div class="asks-choices">
        <Choice label={words.language} value={language} of={languages} name={nameOf} onChange={onLanguage} />
        <Choice label={words.theme} value={theme} of={THEMES} name={each => words[each]} onChange={setTheme} />
        <Choice label={words.width} value={width} of={WIDTHS} name={each => `${each} px`} onChange={setWidth} />
        <button type="button" onClick={() => setTurn(turn + 1)}>
          {words.again}
        </button>
      </div>
      {isMissing && <p role="alert">{words.missing}</p>}
      {fallback !== null && <p class="meta">{words.fallback(fallback)}</p>}
      <Visitor
        key={round}
        page={page}
        scene={scene}
        width={width}
        label={words.visitor(name, width)}
        onMissing={() => setMissing(true)}
      />
      <Facts item={item} words={words} />
      <Said said={said} words={words} />
    </section>
  )
}
