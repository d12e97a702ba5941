/** Theme and language: chosen in this tab, kept nowhere. */
import { LANGUAGES, type Language } from '../words/index.js'
import { type Cell, cell } from './cell.js'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export interface Look {
  readonly theme: Cell<Theme>
  readonly language: Cell<Language>
}

/** The first of the browser's languages that there are words for. */
export const preferred = (languages: readonly string[]): Language => {
  for (const language of languages) {
    const found = LANGUAGES.find(each => language.toLowerCase().split('-')[0] === each)
    if (found !== undefined) return found
  }
  return 'en'
}

export const createLook = (): Look => {
  const theme: Cell<Theme> = cell<Theme>('auto')
  const language: Cell<Language> = cell<Language>(preferred(navigator.languages))
  const apply = (): void => {
    const { documentElement } = document
    documentElement.setAttribute('data-theme', theme.value)
    documentElement.lang = language.value
  }
  theme.watch(apply)
  language.watch(apply)
  apply()
  return { theme, language }
}
