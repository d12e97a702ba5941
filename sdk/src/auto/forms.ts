import { BUTTON } from './clickable.js'
import type { Listen } from './ears.js'
import { type Tell, targetOf } from './signals.js'

/** A field's own name belongs to the signal's where the protocol lets it. */
export const nameOf = ({ name }: { name: string }): string => (/^[a-z0-9-]{1,19}$/.test(name) ? `form-${name}` : 'form')

/**
 * Somebody began to write into a form and goes without having sent it. Returns what is called when the page is left. Of
 * the last field only the name that its author gave is told, and never what stands in it.
 */
export const addForms = (listen: Listen, tell: Tell): (() => void) => {
  let begun: HTMLInputElement | null = null
  listen('input', (event: InputEvent) => {
    const field = targetOf(event) as HTMLInputElement
    // What a password manager fills in has no type of input.
    if (event.inputType && field.form && !field.closest('[type=search],[role=search],[data-pulssi-ignore]'))
      begun = field
  })
  // Many forms are sent by a script, from a click, with no submit that anybody could hear.
  listen('submit click', (event: Event) => {
    const target = targetOf(event)
    const form = begun?.form
    if (form?.contains(target) && form.matches(':valid') && (target === form || target.closest(BUTTON))) begun = null
  })
  return () => {
    if (begun) tell(nameOf(begun), begun)
    begun = null
  }
}
