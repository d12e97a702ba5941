/** Asks for the read token, which goes into memory alone. */
import { useRef } from 'preact/hooks'
import type { AskWords } from './words.js'

interface TokenProps {
  readonly words: AskWords
  readonly wasRefused: boolean
  readonly onEnter: (token: string) => void
}

export const Token = ({ words, wasRefused, onEnter }: TokenProps) => {
  const field = useRef<HTMLInputElement>(null)
  const submit = (event: Event): void => {
    event.preventDefault()
    const entered = field.current?.value.trim() ?? ''
    if (entered !== '') onEnter(entered)
  }
  return (
    <form class="token card" onSubmit={submit}>
      {wasRefused && (
        <p class="problem" role="alert">
          {words.refused}
        </p>
      )}
      <p id="token-why">{words.token}</p>
      <label for="token">{words.field}</label>
      <span class="field">
        <input id="token" ref={field} type="password" autocomplete="off" aria-describedby="token-why" required />
        <button type="submit">{words.connect}</button>
      </span>
    </form>
  )
}
