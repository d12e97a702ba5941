export { detailOf, inOrder, voicesOf } from './detail.js'
export { type CompareOptions, type Difference, difference } from './difference.js'
export { historyOf, type NamedRow, stepName } from './history.js'
export {
  type Arrival,
  type EraseItem,
  type EventItem,
  type LogItem,
  type RefuseItem,
  type TickItem,
  Verdict,
} from './items.js'
export { readConfig, readLine } from './read.js'
export { Recount, type RecountOptions } from './recount.js'
export type { Judged } from './verdicts.js'
