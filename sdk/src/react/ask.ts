import { ASK_FORMS, type AskForm, type AskFrame, type Scale } from '@pulssi/protocol/client'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { CoreClient, Feedback } from '../types.js'
import { pick } from '../widget/words.js'
import { type Asks, asksOf } from './asks.js'
import { usePulse } from './context.js'

/** A question of the server's, for hosts who draw it themselves. */
export interface AskHandle {
  readonly id: string
  readonly touchpoint: string
  readonly kind: AskForm
  /** In the visitor's language, else in the first that there is. */
  readonly text: string
  /** Of a choice: its options, else empty. */
  readonly options: readonly string[]
  /** Whether an answer on the scale may have a comment. */
  readonly hasComment: boolean
  /** On a scale `{score, comment?}`, of a choice `{option}` by its place, else `{text}`. The first one counts. */
  answer(answer: Pick<Feedback, 'score' | 'comment' | 'option' | 'text'>): void
  dismiss(): void
}

const handleOf = (client: CoreClient, asks: Asks, frame: AskFrame, language: string): AskHandle => {
  const [, id, touchpoint, form, text, options, hasComment] = frame
  const kind = ASK_FORMS[form] as AskForm
  const isScale = kind !== 'choice' && kind !== 'text'
  return {
    id,
    touchpoint,
    kind,
    text: pick(text, language)[1],
    options: options.map(words => pick(words, language)[1]),
    hasComment: !!hasComment,
    answer: answer => {
      if (asks.end(frame)) client.feedback(touchpoint, { ...answer, ...(isScale && { scale: kind as Scale }), ask: id })
    },
    dismiss: () => {
      if (asks.end(frame)) client.asked(touchpoint, id, 'dismissed')
    },
  }
}

const NEVER = (): (() => void) => () => {}
const NOTHING = (): undefined => undefined

/**
 * The newest question that the server asks this visitor; undefined: none, or no longer. It counts as shown once a page
 * that can be seen has it. `language`: BCP 47, that of the page unless given. In place of the widget's `attach`.
 */
export const useAsk = (language?: string): AskHandle | undefined => {
  const client = usePulse()
  const asks = client ? asksOf(client) : undefined
  const frame = useSyncExternalStore(asks?.subscribe ?? NEVER, asks?.newest ?? NOTHING, NOTHING)
  useEffect(() => {
    if (frame) asks?.show(frame)
  }, [asks, frame])
  return useMemo(() => {
    if (!client || !asks || !frame || !ASK_FORMS[frame[3]]) return undefined
    return handleOf(client, asks, frame, language ?? (document.documentElement.lang || navigator.language))
  }, [client, asks, frame, language])
}
