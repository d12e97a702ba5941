export const BUTTON = 'button,[type=submit],[type=button],[role=button]'
/** What a person takes all that stands in it for. */
export const CONTROL = `a,${BUTTON}`
/** Changes without a trace in the document: what draws or plays, and the value of a stepper. */
const UNSEEN = 'canvas,video,audio,iframe,[type=number],[readonly]'
/**
 * And what leads to another document, which may take long, or to another program; what the browser opens something of its
 * own for, what is switched off or chosen already, and what puts aside.
 */
export const UNJUDGED = `${UNSEEN},[href]:not([href^="#"]),select,label,input+button,button:has(+input),input:not(${BUTTON}),[aria-disabled=true],[aria-selected=true],[aria-current],.active,[class*=copy],[data-pulssi-ignore]`
/** Three levels; of what stands right in the body, one. */
const NEAR = `body :has(${UNSEEN})>*`
export const NEAR_UNSEEN = `${NEAR},${NEAR}>*>*`
