export { type ClockMode, layFoundation, StartRefused } from './bootstrap.js'
export { type Folded, REFUSAL_FIELDS, VERDICT_FIELDS } from './messages.js'
export { PARTIALS, partitionOf, unpackPartial } from './partial.js'
export { Worker } from './worker.js'
