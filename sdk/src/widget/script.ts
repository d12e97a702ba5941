/** The entry of the script-tag file: questions in the page show as soon as it is there. */
import { define } from './define.js'

export { ask, attach } from './attach.js'

define()
