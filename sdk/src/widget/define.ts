import { TAG } from './cards.js'
import { messageOf } from './message.js'
import type { Question, WidgetClient, WidgetOptions } from './types.js'
import { createView } from './view.js'

/** `<pulssi-ask inline touchpoint="…" kind="csat" text="…">`: a question that stands in the page. */
export interface AskElement extends HTMLElement, WidgetOptions {
  /** Hears the answer; the one that was attached last unless set. */
  pulse?: WidgetClient
}

let attached: WidgetClient
let hold: () => void
/** Answers may come before there is a client. */
const held = new Promise<void>(resolve => {
  hold = resolve
})

/** The client that questions in the page are answered to. */
export const speakThrough = (client: WidgetClient): void => {
  attached = client
  hold()
}

/**
 * Makes the element known, once in a page. An element without `inline` is a card's, which the copy of the widget that
 * made it fills.
 */
export const define = (): void => {
  if (customElements.get(TAG)) return
  customElements.define(
    TAG,
    class extends HTMLElement {
      connectedCallback(): void {
        const self = this as AskElement
        const { options, ...given } = Object.fromEntries([...self.attributes].map(({ name, value }) => [name, value]))
        if (self.shadowRoot || !('inline' in given)) return
        const question = { ...given, options: options?.split('|'), comment: 'comment' in given } as unknown
        const message = messageOf(question as Question)
        createView(self, message, self, async call => {
          if (!self.pulse) await held
          call(self.pulse ?? attached)
        })
      }
    },
  )
}
