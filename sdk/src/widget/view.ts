import { ASK_FORMS, type AskResult, COMMENT_CODE_POINTS } from '@pulssi/protocol/client'
import { createAnswering } from './answering.js'
import { type Choice, choicesOf, endsOf } from './choices.js'
import { element } from './elements.js'
import { createFrame } from './frame.js'
import { radiogroup } from './group.js'
import { COMMENT_MS, THANKS_MS, UNDO_MS } from './limits.js'
import { type Answer, FORM_CHOICE, FORM_TEXT, type Hearer, type Message, type WidgetOptions } from './types.js'
import { pick } from './words.js'

/**
 * `seen`: half of it was. `close`: put away by the visitor; an answer that can still be taken back is sent, else it is
 * dismissed. `settle`: sends an answer that can still be taken back; false: there is none.
 */
export type View = readonly [card: HTMLElement, seen: () => void, close: () => void, settle: () => boolean]

/** A line to write in, with a button that sends it. */
const writing = (label: string, placeholder: string, send: string, take: (text: string) => void): HTMLElement => {
  const field = element('input', 'text', { ariaLabel: label, placeholder, maxLength: COMMENT_CODE_POINTS, dir: 'auto' })
  const onsubmit = (event: Event): void => {
    event.preventDefault()
    take(field.value.trim())
  }
  return element('form', 'options', { onsubmit }, field, element('button', 'send', null, send))
}

/**
 * Draws a message in the host's shadow root. `gone`: of a card, called when it has nothing more to say, perhaps more than
 * once; without it the question stands in the page, and stays.
 */
export const createView = (
  host: HTMLElement,
  [id, touchpoint, form, text, options, hasComment, , link]: Message,
  settings: WidgetOptions,
  hearer: Hearer,
  gone?: () => void,
): View => {
  const [card, title, question, language, words, show] = createFrame(host, text, settings, !!gone)
  const [closing, undoing, thanks, comment, send] = words
  const local = (each: readonly string[]): string => pick(each, language)[1]
  const kind = ASK_FORMS[form]
  const report = (result: AskResult): void => {
    if (id) hearer.asked?.(touchpoint, id, result)
  }
  const [hold, wait, settle] = createAnswering<Answer>(answer => {
    const ask = id || (!answer.scale && kind)
    hearer.feedback(touchpoint, { ...answer, ...(ask && { ask }) })
    show(thanks)
    if (gone) setTimeout(gone, answer.comment ? THANKS_MS : 0)
  })
  const ask = (): void => {
    hold()
    show(question, ...asked)
  }
  const choose = (answer: Answer): void => {
    hold(answer)
    const undo = element('button', 'undo', { onclick: ask }, undoing)
    const more = hasComment && answer.scale
    show(thanks, more ? writing(comment, comment, send, said => settle(said && { comment: said })) : '', undo)
  }
  card.onkeydown = card.onpointerdown = () => wait(card.querySelector('input:focus') ? COMMENT_MS : UNDO_MS)
  let asked: Node[] = []
  if (form === FORM_TEXT) asked = [writing(question, '', send, said => said && choose({ text: said }))]
  else if (kind) {
    const choices = options.map((each, option): Choice => [{ option }, '', local(each)])
    asked = [
      radiogroup(question, kind, form < FORM_CHOICE ? choicesOf(form, words) : choices, choose),
      element('div', 'ends', null, ...endsOf(form, words).map(end => element('span', 'end', null, end))),
    ]
  } else if (link) {
    const made = element('a', 'link', { href: link[0] }, local(link[1]))
    if (/^https?:$/.test(made.protocol)) asked = [made]
  }
  const close = (): void => {
    if (settle()) return
    if (title.textContent === question) report('dismissed')
    gone?.()
  }
  if (gone) card.append(element('button', 'close', { ariaLabel: closing, onclick: close }, '×'))
  ask()
  const seen = (): void => {
    report('shown')
    // Said now to those who hear it: what is there from the start is not.
    title.textContent += ''
  }
  return [card, seen, close, settle]
}
