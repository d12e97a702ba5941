import { render } from 'preact'
import { App } from './app.js'
import { createApp } from './store/app.js'

const root = document.getElementById('screen')
if (root !== null) {
  const parts = createApp()
  render(<App parts={parts} />, root)
  parts.link.start()
}
