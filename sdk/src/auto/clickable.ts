export const BUTTON = 'button,[type=submit],[type=button],[role=button]'
const CONTROL = `a,${BUTTON}`
/** Changes without a trace in the document: what draws or plays, and the value of a stepper. */
const UNSEEN = 'canvas,video,audio,iframe,[type=number],[readonly]'
/** What the browser opens something of its own for, what is switched off or chosen already, and what puts aside. */
const UNJUDGED =
  'select,label,input+button,button:has(+input),input:not([type=submit],[type=button]),[aria-disabled=true],[aria-selected=true],[aria-current],.active,[class*=copy],[data-pulssi-ignore]'
const AROUND = `body :has(${UNSEEN})>*`

/** The one thing that a person takes what was clicked for. */
export const controlOf = (target: Element): Element => target.closest(CONTROL) ?? target

/** Whether it looks clickable, and what a click does to it can be seen. */
export const isJudged = (target: Element, control: Element): boolean =>
  (control.matches(CONTROL) || getComputedStyle(target).cursor === 'pointer') &&
  !control.closest(`${UNSEEN},${UNJUDGED}`) &&
  // Three levels; of what stands right in the body, one.
  !control.matches(`${AROUND},${AROUND}>*>*`)

/** It leads to another document, which may take long, or to another program. */
export const leadsAway = (control: Element): boolean => control.matches('[href]:not([href^="#"])')
