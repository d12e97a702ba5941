import { render } from 'preact'
import { createApi } from '../api.js'
import { cell } from '../store/cell.js'
import { preferred } from '../store/look.js'
import { sourceOf } from './source.js'
import { View } from './view.js'
import { ASK_WORDS } from './words.js'

const root = document.getElementById('asks')
if (root !== null) {
  const token = cell<string | null>(null)
  const language = preferred(navigator.languages)
  const words = ASK_WORDS[language]
  document.documentElement.lang = language
  document.title = `${words.title} · Pulssi`
  const source = sourceOf(
    root,
    createApi(token, () => {}),
  )
  render(<View source={source} token={token} words={words} />, root)
}
