export { ask, attach } from './attach.js'
export { type AskElement, define } from './define.js'
export type { Attached, Question, WidgetClient, WidgetOptions, Words } from './types.js'
export { Word } from './words.js'
