import type { Choice } from './choices.js'
import { element } from './elements.js'
import type { Answer } from './types.js'

/** Choices of which the arrows lead to each, and Tab to one. `choose` hears of the one that is tapped. */
export const radiogroup = (
  label: string,
  kind: string,
  choices: readonly Choice[],
  choose: (answer: Answer) => void,
): HTMLElement => {
  const buttons = choices.map(([answer, ariaLabel, ...content], index) => {
    const onclick = () => choose(answer)
    const properties = { role: 'radio', ariaChecked: 'false', ariaLabel, tabIndex: index && -1, onclick }
    return element('button', 'option', properties, ...content)
  })
  const group = element('div', `options ${kind}`, { role: 'radiogroup', ariaLabel: label }, ...buttons)
  group.onkeydown = event => {
    const button = event.target as HTMLButtonElement
    const at = buttons.indexOf(button)
    const ahead = getComputedStyle(group).direction === 'rtl' ? -1 : 1
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      ArrowRight: ahead,
      ArrowLeft: -ahead,
      Home: -at,
      End: -at - 1,
    }
    const step = steps[event.key]
    if (!step || event.altKey || event.metaKey) return
    const next = buttons.at((at + step) % buttons.length) as HTMLButtonElement
    event.preventDefault()
    button.tabIndex = -1
    next.tabIndex = 0
    next.focus()
  }
  return group
}
