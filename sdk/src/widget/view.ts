import { ASK_FORMS, type AskResult, COMMENT_CODE_POINTS } from '@pulssi/protocol/client'
import { createAnswering } from './answering.js'
import { type Choice, choicesOf, endsOf } from './choices.js'
import { element } from './elements.js'
import { createFrame } from './frame.js'
import { radiogroup } from './group.js'
import { COMMENT_MS, THANKS_MS, UNDO_MS } from './limits.js'
import { type Answer, type Deliver, FORM_CHOICE, FORM_TEXT, type Message, type WidgetOptions } from './types.js'
import { pick, Word } from './words.js'

export interface View {
  readonly $card: HTMLElement
  /** Half of it was seen. */
  $seen(): void
  /** Put away by the visitor. An answer that can still be taken back is sent, else it is dismissed. */
  $close(): void
  /** Sends an answer that can still be taken back. False: there is none. */
  $settle(): boolean
}

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
  deliver: Deliver,
  gone?: () => void,
): View => {
  const [card, title, body, question, language, words, show] = createFrame(host, text, settings, !!gone)
  const word = (place: number): string => words[place] as string
  const local = (each: readonly string[]): string => pick(each, language)[1]
  const report = (result: AskResult): void => {
    if (id) deliver(client => client.asked(touchpoint, id, result))
  }
  const { $choose, $wait, $settle } = createAnswering<Answer>(answer => {
    const ask = id || (answer.scale ? undefined : ASK_FORMS[form])
    deliver(client => client.feedback(touchpoint, ask ? { ...answer, ask } : answer))
    show(word(Word.thanks))
    setTimeout(() => gone?.(), answer.comment ? THANKS_MS : 0)
  })
  const ask = (): void => {
    $choose(undefined)
    show(question, ...asked)
  }
  const choose = (answer: Answer): void => {
    $choose(answer)
    show(word(Word.thanks), element('button', 'undo', { onclick: ask }, word(Word.undo)))
    if (hasComment && answer.scale) {
      const label = word(Word.comment)
      body.prepend(writing(label, label, word(Word.send), said => $settle(said ? { comment: said } : {})))
    }
  }
  card.onkeydown = card.onpointerdown = () =>
    $wait(host.shadowRoot?.activeElement?.matches('input') ? COMMENT_MS : UNDO_MS)
  const asked: Node[] = []
  if (form === FORM_TEXT) asked.push(writing(question, '', word(Word.send), said => said && choose({ text: said })))
  else if (form >= 0) {
    const choices = options.map((each, option): Choice => [{ option }, '', local(each)])
    const kind = ASK_FORMS[form] as string
    asked.push(radiogroup(question, kind, form < FORM_CHOICE ? choicesOf(form, words) : choices, choose))
    asked.push(element('div', 'ends', null, ...endsOf(form, words).map(end => element('span', 'end', null, end))))
  } else if (link) {
    const made = element('a', 'link', { href: link[0] }, local(link[1]))
    if (/^https?:$/.test(made.protocol)) asked.push(made)
  }
  const close = (): void => {
    if ($settle()) return
    if (title.textContent === question) report('dismissed')
    gone?.()
  }
  if (gone) card.append(element('button', 'close', { ariaLabel: word(Word.close), onclick: close }, '×'))
  ask()
  const seen = (): void => {
    report('shown')
    // Said now to those who hear it: what is there from the start is not.
    title.textContent += ''
  }
  return { $card: card, $seen: seen, $close: close, $settle }
}
