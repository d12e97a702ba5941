import { openCard, TAG } from './cards.js'
import { define, type Shared, speakThrough } from './define.js'
import { messageOf } from './message.js'
import {
  type Attached,
  FORM_NONE,
  type Message,
  type Question,
  type WidgetClient,
  type WidgetOptions,
} from './types.js'

/** Asks a question of the host's own in a card. Returns what takes the card away, unanswered. Throws for an unknown kind. */
export const ask = (pulse: WidgetClient, question: Question): (() => void) =>
  openCard(pulse, messageOf(question), question)

/**
 * Shows what the server asks, and says, through this client. A client is attached once: until it is detached, each
 * further `attach` returns what the first one did.
 */
export const attach = (pulse: WidgetClient, options: WidgetOptions = {}): Attached => {
  define()
  speakThrough(pulse)
  const all = (customElements.get(TAG) as unknown as Shared).attached
  const known = all.get(pulse)
  if (known) return known
  const open = (message: Message) => openCard(pulse, message, options)
  const ends = [
    pulse.on('ask', ([, ...message]) => open(message)),
    pulse.on('nudge', ([, id, touchpoint, text, link, validMs]) =>
      open([id, touchpoint, FORM_NONE, text, [], false, validMs, link]),
    ),
    pulse.on('reply', ([, id, touchpoint, text, validMs]) =>
      open([id, touchpoint, FORM_NONE, ['', text], [], false, validMs]),
    ),
  ]
  const attached: Attached = {
    wanted: (touchpoint, ask) => pulse.asked(touchpoint, ask, 'wanted'),
    detach: () => {
      all.delete(pulse)
      for (const end of ends) end()
    },
  }
  all.set(pulse, attached)
  return attached
}
