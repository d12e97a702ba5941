/** The page of asks: the list, what is looked at, and a token where one is needed. */
import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../api.js'
import type { Cell } from '../store/cell.js'
import { type Item, itemsOf, languagesOf } from './items.js'
import { List } from './list.js'
import { Preview } from './preview.js'
import type { Source } from './source.js'
import { Token } from './token.js'
import type { AskWords } from './words.js'

interface ViewProps {
  readonly source: Source
  readonly token: Cell<string | null>
  readonly words: AskWords
}

type Loaded =
  | { readonly is: 'loading' }
  | { readonly is: 'there'; readonly items: readonly Item[] }
  | { readonly is: 'asking'; readonly wasRefused: boolean }
  | { readonly is: 'failed'; readonly why: string }

const UNAUTHORIZED = 401
const EXAMPLE = `pulssi asks add '{"id": "mood", "touchpoints": ["checkout.*"], "kind": "csat",
  "text": {"en": "How was paying?"}, "trigger": {"on": "goal"}}'`

const load = async ({ load }: Source, hadToken: boolean): Promise<Loaded> => {
  try {
    return { is: 'there', items: itemsOf(await load()) }
  } catch (error) {
    if (error instanceof ApiError && error.status === UNAUTHORIZED) return { is: 'asking', wasRefused: hadToken }
    return { is: 'failed', why: (error as Error).message }
  }
}

const Body = ({ items, source, words }: { readonly items: readonly Item[] } & Pick<ViewProps, 'source' | 'words'>) => {
  const languages = languagesOf(items)
  const [id, setId] = useState(source.first)
  const [language, setLanguage] = useState(languages[0] ?? 'en')
  const item = items.find(each => each.id === id) ?? items[0]
  useEffect(() => {
    const changed = (): void => setId(location.hash.slice(1))
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  const show = (next: string): void => {
    setId(next)
    if (!source.isFile) history.replaceState(null, '', `#${next}`)
  }
  if (item === undefined) return null
  return (
    <>
      {items.length === 1 && (
        <div class="asks-none">
          <p>{words.none}</p>
          <pre>{EXAMPLE}</pre>
        </div>
      )}
      <div class="asks-body">
        <List items={items} shown={item.id} language={language} words={words} onShow={show} />
        <Preview
          item={item}
          page={source.page}
          languages={languages}
          language={language}
          onLanguage={setLanguage}
          words={words}
        />
      </div>
    </>
  )
}

export const View = ({ source, token, words }: ViewProps) => {
  const [loaded, setLoaded] = useState<Loaded>({ is: 'loading' })
  const read = (): void => void load(source, token.value !== null).then(setLoaded)
  useEffect(read, [])
  const enter = (entered: string): void => {
    token.set(entered)
    read()
  }
  return (
    <>
      <header>
        <h1>
          <span class="brand">Pulssi</span>
          {words.title}
        </h1>
        {!source.isFile && (
          <nav aria-label={words.title}>
            <a class="choice" href="/">
              {words.screen}
            </a>
          </nav>
        )}
      </header>
      <main>
        <p class="meta">{words.lead}</p>
        {loaded.is === 'asking' && <Token words={words} wasRefused={loaded.wasRefused} onEnter={enter} />}
        {loaded.is === 'failed' && <p role="alert">{words.failed(loaded.why)}</p>}
        {loaded.is === 'there' && <Body items={loaded.items} source={source} words={words} />}
      </main>
    </>
  )
}
