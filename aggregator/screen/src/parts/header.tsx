import { useApp, useWords } from '../store/app.js'
import { THEMES, type Theme } from '../store/look.js'
import { hrefOf } from '../store/route.js'
import { useCell } from '../store/use-cell.js'
import { LANGUAGES, type Language, WORDS } from '../words/index.js'
import { StatePill } from './state-pill.js'

const ThemeChoice = () => {
  const words = useWords()
  const { look } = useApp()
  const theme = useCell(look.theme)
  return (
    <label class="choice">
      <span class="hidden">{words.theme.label}</span>
      <select value={theme} onChange={event => look.theme.set(event.currentTarget.value as Theme)}>
        {THEMES.map(each => (
          <option key={each} value={each}>
            {words.theme[each]}
          </option>
        ))}
      </select>
    </label>
  )
}

const LanguageChoice = () => {
  const words = useWords()
  const { look } = useApp()
  const language = useCell(look.language)
  return (
    <label class="choice">
      <span class="hidden">{words.language}</span>
      <select value={language} onChange={event => look.language.set(event.currentTarget.value as Language)}>
        {LANGUAGES.map(each => (
          <option key={each} value={each} lang={each}>
            {WORDS[each].languageName}
          </option>
        ))}
      </select>
    </label>
  )
}

export const Header = () => {
  const words = useWords()
  const { link } = useApp()
  const project = useCell(link.project)
  return (
    <header>
      <h1>
        <a class="brand" href={hrefOf({ page: 'overview' })}>
          <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
            <path d="M2 17h7l3-9 6 17 4-11 2 3h6" />
          </svg>
          Pulssi
        </a>
        {project && <bdi class="project">{project.project}</bdi>}
      </h1>
      <StatePill />
      <nav>
        <a class="choice" href={hrefOf({ page: 'wallboard' })}>
          {words.wallboard.open}
        </a>
        <a class="choice" href="/asks">
          {words.asks}
        </a>
        <ThemeChoice />
        <LanguageChoice />
      </nav>
    </header>
  )
}
