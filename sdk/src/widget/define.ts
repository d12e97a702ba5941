import { TAG } from './cards.js'
import { messageOf } from './message.js'
import type { Attached, Question, WidgetClient, WidgetOptions } from './types.js'
import { createView } from './view.js'

/** `<pulssi-ask inline touchpoint="…" kind="csat" text="…">`: a question that stands in the page. */
export interface AskElement extends HTMLElement, WidgetOptions {
  /** Hears the answer; the one that was attached last unless set. */
  pulse?: WidgetClient
}

/** What the class of the element holds for all copies of the widget in a page, whichever copy made it. */
export interface Shared {
  attached: WeakMap<WidgetClient, Attached>
}

let hold: (client: WidgetClient) => void
/** Answers may come before there is a client. */
let attached: WidgetClient | Promise<WidgetClient> = new Promise(resolve => {
  hold = resolve
})

/** The client that questions in the page are answered to. */
export const speakThrough = (client: WidgetClient): void => {
  hold(client)
  attached = client
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
      static attached: Shared['attached'] = new WeakMap()
      connectedCallback(): void {
        const self = this as AskElement
        const given: Record<string, string> = {}
        for (const { name, value } of self.attributes) given[name] = value
        if (self.shadowRoot || !('inline' in given)) return
        const { options } = given
        const question = { ...given, options: options?.split('|'), comment: 'comment' in given } as unknown
        createView(self, messageOf(question as Question), self, {
          feedback: async (...told) => (self.pulse ?? (await attached)).feedback(...told),
        })
      }
    },
  )
}
