/** What a screen reader is told unasked: changes of the connection and of incidents, one every few seconds at most. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { newsOf } from '../model/news.js'
import { useApp, useWords } from '../store/app.js'
import { useCell } from '../store/use-cell.js'

const APART_MS = 4_000

/** Says what waits, all of it at once, APART_MS after the last time at the earliest. */
const useQueue = (): [text: string, say: (texts: readonly string[]) => void] => {
  const [text, setText] = useState('')
  const waiting = useRef<readonly string[]>([])
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const saidAt = useRef(Number.NEGATIVE_INFINITY)
  const speak = (): void => {
    timer.current = null
    saidAt.current = performance.now()
    setText(waiting.current.join(' '))
    waiting.current = []
  }
  const say = (texts: readonly string[]): void => {
    if (texts.length === 0) return
    waiting.current = [...waiting.current, ...texts]
    timer.current ??= setTimeout(speak, Math.max(0, saidAt.current + APART_MS - performance.now()))
  }
  useEffect(() => () => clearTimeout(timer.current ?? undefined), [])
  return [text, say]
}

export const Announcer = () => {
  const words = useWords()
  const { link, incidents } = useApp()
  const { state } = useCell(link.state)
  const open = useCell(incidents)
  const [text, say] = useQueue()
  const stateBefore = useRef(state)
  const openBefore = useRef(open)
  /** The first figures are no news; losing them is. */
  const wasLive = useRef(false)
  useEffect(() => {
    if (state !== stateBefore.current && wasLive.current) say([words.announce.state[state]])
    stateBefore.current = state
    wasLive.current ||= state === 'live'
  }, [state])
  useEffect(() => {
    say(newsOf(openBefore.current, open, words))
    openBefore.current = open
  }, [open])
  return (
    <p class="hidden" role="status">
      {text}
    </p>
  )
}
