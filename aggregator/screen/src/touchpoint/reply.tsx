/** A place to answer a comment in, for who may. */
import { ASK_TEXT_CHARS } from '@pulssi/protocol/client'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useApp } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import { useTouchpointWords } from './words.js'

/** `closed` until it is wanted, and again when it is put away; a failure leaves what was written in its place. */
type State =
  | { readonly state: 'closed' | 'writing' | 'sending' | 'sent' }
  | { readonly state: 'failed'; readonly message: string }

const ROWS = 3

interface FormProps {
  readonly state: State
  readonly send: (text: string) => void
  readonly cancel: () => void
}

const Form = ({ state, send, cancel }: FormProps) => {
  const { reply } = useTouchpointWords()
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])
  const submit = (event: Event): void => {
    event.preventDefault()
    const text = field.current?.value.trim() ?? ''
    if (text !== '') send(text)
  }
  const typed = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    cancel()
  }
  return (
    <form class="tp-reply" onSubmit={submit} onKeyDown={typed}>
      <label for={id}>{reply.label}</label>
      <textarea id={id} ref={field} rows={ROWS} maxLength={ASK_TEXT_CHARS} dir="auto" required />
      <span>
        <button type="submit" class="tp-button" disabled={state.state === 'sending'}>
          {state.state === 'sending' ? reply.sending : reply.send}
        </button>{' '}
        <button type="button" class="tp-more" onClick={cancel}>
          {reply.cancel}
        </button>
      </span>
      {state.state === 'failed' && (
        <p class="tp-note tp-warn" role="alert">
          {reply.failed(state.message)}
        </p>
      )}
    </form>
  )
}

/** `id`: of the comment. */
export const ReplyBox = ({ id }: { id: string }) => {
  const { reply } = useTouchpointWords()
  const { link } = useApp()
  const project = useCell(link.project)
  const [state, setState] = useState<State>({ state: 'closed' })
  const opener = useRef<HTMLButtonElement>(null)
  const send = (text: string): void => {
    setState({ state: 'sending' })
    link.api.order(`/v1/voice/${id}/reply`, { text }).then(
      () => setState({ state: 'sent' }),
      (error: Error) => setState({ state: 'failed', message: error.message }),
    )
  }
  const cancel = (): void => {
    setState({ state: 'closed' })
    queueMicrotask(() => opener.current?.focus())
  }
  if (project?.scopes.includes('reply') !== true) return null
  if (state.state === 'sent') {
    return (
      <p class="tp-note" role="status">
        {reply.sent}
      </p>
    )
  }
  if (state.state !== 'closed') return <Form state={state} send={send} cancel={cancel} />
  return (
    <button type="button" class="tp-more" ref={opener} onClick={() => setState({ state: 'writing' })}>
      {reply.open}
    </button>
  )
}
