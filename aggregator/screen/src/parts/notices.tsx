/** What is wrong with the figures on the screen, if anything. */
import { useEffect, useReducer } from 'preact/hooks'
import { noticesOf } from '../model/notices.js'
import { useApp, useFormat, useWords } from '../store/app.js'
import { useCell } from '../store/use-cell.js'

const SECOND_MS = 1_000

export const Notices = () => {
  const words = useWords()
  const format = useFormat()
  const { link, figures } = useApp()
  const state = useCell(link.state)
  const shown = useCell(figures.shown)
  const [, tick] = useReducer<number, null>(count => count + 1, 0)
  const isTimed = state.state === 'connecting'
  useEffect(() => {
    if (!isTimed) return
    const timer = setInterval(() => tick(null), SECOND_MS)
    return () => clearInterval(timer)
  }, [isTimed])
  const texts = noticesOf(state, shown, performance.now() - state.since, location.host, words, format)
  if (texts.length === 0) return null
  return (
    <p id="notice" class="notice">
      {texts.join(' ')}
    </p>
  )
}
