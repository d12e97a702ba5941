import { openCard } from './cards.js'
import { define, speakThrough } from './define.js'
import { messageOf } from './message.js'
import { FORM_NONE, type Message, type Question, type WidgetClient, type WidgetOptions } from './types.js'

export interface Attached {
  /** The visitor may be asked this configured question now. The server asks, if it asks at all. */
  wanted(touchpoint: string, ask: string): void
  /** Hears no more of the client. What is shown stays. */
  detach(): void
}

const open = (pulse: WidgetClient, message: Message, options: WidgetOptions): (() => void) => {
  define()
  return openCard(message, options, call => call(pulse))
}

/** Asks a question of the host's own in a card. Returns what takes the card away, unanswered. Throws for an unknown kind. */
export const ask = (pulse: WidgetClient, question: Question): (() => void) => open(pulse, messageOf(question), question)

/** Shows what the server asks, and says, through this client. */
export const attach = (pulse: WidgetClient, options: WidgetOptions = {}): Attached => {
  define()
  speakThrough(pulse)
  const ends = [
    pulse.on('ask', ([, ...message]) => open(pulse, message, options)),
    pulse.on('nudge', ([, id, touchpoint, text, link, validMs]) =>
      open(pulse, [id, touchpoint, FORM_NONE, text, [], false, validMs, link], options),
    ),
    pulse.on('reply', ([, id, touchpoint, text, validMs]) =>
      open(pulse, [id, touchpoint, FORM_NONE, ['', text], [], false, validMs], options),
    ),
  ]
  return {
    wanted: (touchpoint, ask) => pulse.asked(touchpoint, ask, 'wanted'),
    detach: () => {
      for (const end of ends) end()
    },
  }
}
