import { useEffect, useRef } from 'preact/hooks'
import { useApp, useWords } from '../store/app.js'
import { useCell } from '../store/use-cell.js'

/** Asks for the read token. It goes into memory, never into the address or a form's history. */
export const TokenForm = () => {
  const words = useWords()
  const { link } = useApp()
  const state = useCell(link.state)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const why = state.state === 'asking' ? words.token[state.why] : ''
  const submit = (event: Event): void => {
    event.preventDefault()
    const entered = field.current?.value.trim() ?? ''
    if (entered !== '') link.enter(entered)
  }
  return (
    <form class="token card" onSubmit={submit}>
      {why !== '' && (
        <p class="problem" role="alert">
          {why}
        </p>
      )}
      <p id="token-why">{words.token.label}</p>
      <label for="token">{words.token.field}</label>
      <span class="field">
        <input id="token" ref={field} type="password" autocomplete="off" aria-describedby="token-why" required />
        <button type="submit">{words.token.connect}</button>
      </span>
    </form>
  )
}
