import { useApp, useWords } from '../store/app.js'
import type { LinkState } from '../store/link.js'
import { useCell } from '../store/use-cell.js'

/** Each state has a shape of its own beside its word. */
const Shape = ({ state }: { state: LinkState['state'] }) => (
  <svg class="lamp" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
    {state === 'live' && <circle class="solid" cx="5" cy="5" r="4" />}
    {state === 'connecting' && <circle class="open" cx="5" cy="5" r="3.5" />}
    {state === 'stale' && <path class="solid" d="M5 0.5 9.5 9h-9Z" />}
    {(state === 'asking' || state === 'ended') && <path class="solid" d="M1 1h8v8H1Z" />}
  </svg>
)

export const StatePill = () => {
  const words = useWords()
  const { link, figures } = useApp()
  const { state } = useCell(link.state)
  const isEmpty = useCell(figures.shown).touchpoints === 0
  return (
    <p class="pill" data-state={state}>
      <Shape state={state} />
      <span id="status">{state === 'live' && isEmpty ? words.state.empty : words.state[state]}</span>
    </p>
  )
}
