export { Intake } from './intake.js'
export type { Span } from './records.js'
export { type Refused, SERVICE, type Sender } from './sender.js'
